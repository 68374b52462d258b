// Runs files on inputs in one of onnxruntime-node's providers. A process of its own, since the variables that select a
// software adapter are read when a process starts. JSON comes by standard input and goes to standard output.
import { text } from 'node:stream/consumers';

process.env.ORT_DISABLE_TELEMETRY ??= '1';
const { InferenceSession, Tensor } = (await import('onnxruntime-node')).default;
const { provider, files } = JSON.parse(await text(process.stdin));

const floats = (base64) => new Float32Array(new Uint8Array(Buffer.from(base64, 'base64')).buffer);
const base64 = ({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength).toString('base64');

const answers = [];
for (const { bytes, runs } of files) {
  const session = await InferenceSession.create(Buffer.from(bytes, 'base64'), {
    executionProviders: [provider],
    intraOpNumThreads: 1,
    logSeverityLevel: 4,
  });
  const outputs = [];
  for (const feeds of runs) {
    const tensors = Object.entries(feeds).map(([name, { data, shape }]) => [
      name,
      new Tensor('float32', floats(data), shape),
    ]);
    const found = await session.run(Object.fromEntries(tensors));
    outputs.push(Object.fromEntries(Object.entries(found).map(([name, { data }]) => [name, base64(data)])));
  }
  await session.release();
  answers.push(outputs);
}
process.stdout.write(JSON.stringify(answers));
