// How fast each engine trains, side by side in one run: onnxruntime with one step a call and with as many as it takes at once,
// tfjs-node, and PyTorch where Python has it; then memory over 10,000 steps. `npm run bench -- train [part of a title]`
import { availableParallelism } from 'node:os';
import { size } from '../src/shape/size.ts';
import { engineOf } from '../src/train/engines.ts';
import { adam } from '../src/train/optimiser.ts';
import { alternate, table } from './measure.ts';
import { CASES, inputsOf, objectiveOf, weightsOf, type Case } from './networks.ts';
import { startPyTorch } from './pytorch.ts';

const THREADS = availableParallelism();
const [wanted = ''] = process.argv.slice(2);
const [onnx, tfjs, pytorch] = [await engineOf('onnx'), await engineOf('tfjs'), await startPyTorch()];
const optimiser = adam();

/** Steps of those that take one a call, so that a change of turns costs them little. */
const STEPS = 4;

/** Milliseconds a step of everything that trains, the same work taken in turn. */
async function timesOf({ model, definition, batch, title }: Case) {
  const graph = objectiveOf(definition);
  const inputs = inputsOf(graph, optimiser, batch);
  const [alone, many, plain] = await Promise.all(
    [onnx, onnx, tfjs].map((engine) => engine.load(graph, optimiser, weightsOf(graph))),
  );
  if (!alone || !many || !plain) throw new Error('no session');
  // Until the engine knows how many steps it may be given at once.
  for (let calls = 0; calls < 8; calls++) await many.step(inputs(many.atOnce));
  const atOnce = many.atOnce;

  const parameters = graph.params.reduce((sum, { shape, trainable }) => sum + (trainable ? size(shape) : 0), 0);
  const eager = (fused: boolean) => async () => {
    const answer = await pytorch?.run({ model, batch, fused, threads: THREADS, steps: STEPS });
    if (answer?.parameters !== parameters)
      throw new Error(`${title}: ${parameters} parameters here, ${answer?.parameters} in PyTorch`);
  };
  const oneByOne = async () => {
    for (const input of inputs(STEPS)) await alone.step([input]);
  };
  const times = await alternate(
    {
      'onnx, 1 step a call': oneByOne,
      'onnx, K steps a call': () => many.step(inputs(atOnce)),
      'tfjs-node': () => plain.step(inputs(STEPS)),
      ...(pytorch && { PyTorch: eager(false), 'PyTorch, fused Adam': eager(true) }),
    },
    { rounds: 7, seconds: 0.25 },
  );
  for (const session of [alone, many, plain]) session.close();
  return Object.entries(times).map(([engine, ms]) => {
    const steps = engine.includes('K') ? atOnce : STEPS;
    return {
      engine: engine.replace('K steps', `${atOnce} steps`),
      ms: ms / steps,
      call: engine.includes('K') ? ms : ms / steps,
    };
  });
}

console.log(
  [
    `${onnx.name} ${onnx.version}, ${tfjs.name} ${tfjs.version}${pytorch ? `, PyTorch ${pytorch.version} (eager)` : ''}`,
    `${THREADS} threads each, medians of 7 rounds taken in turn; Adam, forward and backward and update`,
  ].join('\n'),
);
for (const one of CASES.filter(({ title }) => title.includes(wanted))) {
  const times = await timesOf(one);
  const base = Math.min(...times.filter(({ engine }) => engine.startsWith('onnx')).map(({ ms }) => ms));
  console.log(`\n${one.title}`);
  table(
    times.map(({ engine, ms, call }) => ({
      engine,
      'ms a call': call.toFixed(1),
      'ms a step': ms.toFixed(2),
      'images/s': Math.round((one.batch * 1000) / ms),
      'times onnx': (ms / base).toFixed(2),
    })),
  );
}
pytorch?.close();

if (wanted === '' || wanted === 'memory') {
  const [{ definition }] = CASES;
  const graph = objectiveOf(definition);
  const inputs = inputsOf(graph, optimiser, 128);
  const session = await onnx.load(graph, optimiser, weightsOf(graph));
  const megabytes: string[] = [];
  for (let steps = 0, next = 0; steps <= 10_000;) {
    const batches = inputs(session.atOnce);
    await session.step(batches);
    steps += batches.length;
    if (steps < next) continue;
    next += 2000;
    megabytes.push(`${(process.memoryUsage.rss() / 2 ** 20).toFixed(0)} MiB after ${steps} steps`);
  }
  session.close();
  console.log(`\nResident memory of this process, training the article's network: ${megabytes.join(', ')}`);
}
