import { inTurn, type Calls } from './measure.ts';

/** What is measured somewhere: decode(z) by batch and candidate, noise, a sample of 64, and opening. */
export interface Found {
  readonly decode: Readonly<Record<number, Readonly<Record<string, Calls>>>>;
  readonly noise: Calls | undefined;
  readonly sample: Calls | undefined;
  readonly opened: Readonly<Record<string, Calls>>;
}

/**
 * The body of a function that measures in a page: decode(z) against session.run of the very onnxruntime-web that our model in
 * the page uses, and against a model in a worker; noise, as what a sample takes more than its prior and decoder.
 */
export const pageOf = (batches: readonly number[], seconds: number): string => `
  const inTurn = ${inTurn.toString()};
  const { normals, stream, uniforms } = await import('/dist/random.js');
  const here = await runtime.open('/models/completion', { worker: false });
  const there = await runtime.open('/models/completion');
  const ort = await import('onnxruntime-web/wasm');
  const bytes = new Uint8Array(await (await fetch('/models/completion/decoder.onnx')).arrayBuffer());
  const session = await ort.InferenceSession.create(bytes, { executionProviders: ['wasm'], intraOpNumThreads: 1 });
  const decode = {};
  window.again = {};
  for (const rows of ${JSON.stringify(batches)}) {
    const [z, x] = [normals(stream(1, 'z'), rows, 32), uniforms(stream(1, 'x'), rows, 784)];
    const bare = async () => {
      const feeds = { z: new ort.Tensor('float32', z, [rows, 32]), x: new ort.Tensor('float32', x, [rows, 28, 28, 1]) };
      return (await session.run(feeds)).y.data;
    };
    const worker = () => there.decode(z, { x });
    const ours = () => here.decode(z, { x });
    decode[rows] = await inTurn({ bare, ours, worker }, ${seconds});
    window.again[rows] = { bare, ours };
  }
  const x = uniforms(stream(1, 'x'), 1, 784);
  const { noise, sample } = await inTurn({
    noise: () => normals(stream(1, 'z'), 64, 32),
    sample: () => here.sample({ x }, { count: 64, seed: 1 }),
  }, ${seconds});
  return { decode, noise, sample, opened: {} };`;
