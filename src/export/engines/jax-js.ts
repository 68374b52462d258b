import { MARK, startProcess, type EngineProcess } from './engine-process.ts';

/**
 * Starts jax-js on its WASM, from the folder that `CVAE_JAX` names, or the current one. In a process of its own, as it computes otherwise where
 * there is a global `Worker`, which onnxruntime-web defines.
 *
 * @throws Unavailable if it is not installed there.
 */
export const startJax = (): Promise<EngineProcess> =>
  startProcess(process.execPath, ['--input-type=module', '--eval', PROGRAM], {
    who: 'jax-js',
    what: '@jax-js/jax and @jax-js/onnx in this folder',
    remedy: 'npm install @jax-js/jax @jax-js/onnx',
    cwd: process.env['CVAE_JAX'] ?? process.cwd(),
  });

const PROGRAM = `
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const tell = (answer) => console.log('${MARK}' + JSON.stringify(answer));
const reason = (error) => String(error?.message ?? error).split('\\n')[0].slice(0, 300);
let jax, ONNXModel;
try {
  jax = await import('@jax-js/jax');
  ({ ONNXModel } = await import('@jax-js/onnx'));
  await jax.init('wasm');
  jax.defaultDevice('wasm');
  const versionOf = (name) => {
    const path = new URL('../package.json', import.meta.resolve(name));
    return JSON.parse(readFileSync(path, 'utf8')).version;
  };
  tell({ version: versionOf('@jax-js/jax') + ', onnx ' + versionOf('@jax-js/onnx') });
} catch (error) {
  tell({ error: reason(error) });
  process.exit(0);
}
for await (const line of createInterface({ input: process.stdin }))
  try {
    const { path, inputs, outputs } = JSON.parse(line);
    const model = new ONNXModel(new Uint8Array(readFileSync(path)));
    const feeds = {};
    for (const [key, { data, shape }] of Object.entries(inputs))
      feeds[key] = jax.numpy.array(Float32Array.from(data)).reshape(shape);
    const results = model.run(feeds);
    const found = {};
    for (const key of outputs) {
      const { shape } = results[key];
      const numbers = Array.from(await results[key].data(), (value) => (Number.isFinite(value) ? value : null));
      found[key] = { data: numbers, shape };
    }
    model.dispose();
    tell({ found });
  } catch (error) {
    tell({ error: reason(error) });
  }
`;
