import { encode } from '../../onnx/encode.ts';

/** A program for `node -e` that loads a package, computes and prints `<<remark>>`, and its arguments in addition to its path. */
export interface Attempt {
  readonly code: string;
  readonly input: () => readonly string[];
}

// y = x + x: the smallest proof that a runtime loads a file and computes.
const doubling = (): string => {
  const value = (name: string) => ({ name, dtype: 'float32', shape: ['N'] }) as const;
  const nodes = [{ name: 'Add', op: 'Add', inputs: ['x', 'x'], outputs: ['y'], attributes: {} }];
  const graph = { name: 'doctor', inputs: [value('x')], outputs: [value('y')], nodes, initializers: new Map() };
  const producer = { name: 'cvae-compile', version: '' };
  return Buffer.from(encode({ graph, opset: 18, irVersion: 8, metadata: {}, producer })).toString('base64');
};

const ort = (options: object, remark: string): Attempt => ({
  input: () => [doubling()],
  code: `
    const [, file, model] = process.argv;
    const ort = require(file);
    (async () => {
      const session = await ort.InferenceSession.create(Buffer.from(model, 'base64'), ${JSON.stringify(options)});
      const { y } = await session.run({ x: new ort.Tensor('float32', [1, 2], [2]) });
      if (y.data[1] !== 4) throw new Error('it computes wrong numbers');
      process.stdout.write('<<' + ${remark} + '>>');
    })();`,
});

/** How each package is tried. onnxruntime-web is restricted to WASM, as it prefers a native runtime if it finds one. */
export const ATTEMPTS = {
  tfjsCpu: {
    input: () => [],
    code: `
      const [, file] = process.argv;
      const tf = require('node:module').createRequire(file)('@tensorflow/tfjs-core');
      tf.enableProdMode();
      require(file);
      if (tf.matMul(tf.ones([2, 3]), tf.ones([3, 2])).dataSync()[0] !== 3) throw new Error('it computes wrong numbers');
      process.stdout.write('<<>>');`,
  },
  ortNode: ort({ intraOpNumThreads: 1 }, `''`),
  ortWeb: ort({ executionProviders: ['wasm'] }, `require('node:path').dirname(file)`),
} satisfies Record<string, Attempt>;
