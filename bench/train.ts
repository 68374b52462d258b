// How fast each engine trains, side by side in one run: onnxruntime with one step a call and with as many as it takes at once, also with
// threads that wait busily; tfjs-node; and, if Python has them (PYTHON names one), PyTorch eager, with its fused Adam, and compiled, and
// JAX by jit; then memory over 10,000 steps. `npm run bench -- train [part of a title]`
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { size } from '../src/shape/size.ts';
import { engineOf } from '../src/train/engines.ts';
import { hostedEngine } from '../src/train/onnx-engine.ts';
import { RemoteHost } from '../src/train/onnx-remote.ts';
import { adam } from '../src/train/optimiser.ts';
import { alternate, table } from './measure.ts';
import { CASES, inputsOf, objectiveOf, weightsOf, type Case } from './networks.ts';
import { startPeer, type Peer } from './peers.ts';

const THREADS = availableParallelism();
const [wanted = ''] = process.argv.slice(2);
const [onnx, tfjs] = [await engineOf('onnx'), await engineOf('tfjs')];
const [pytorch, jax] = [await startPeer('PyTorch'), await startPeer('JAX')];
const how = { name: onnx.name, version: onnx.version, provider: 'cpu', threads: THREADS, spins: Infinity };
const busy = hostedEngine(await RemoteHost.start(how), how);
const optimiser = adam();

/** Steps per turn of the engines that take one per call, so that changing turns costs them little. */
const STEPS = 4;

/** Milliseconds a step of everything that trains, the same work taken in turn. */
async function timesOf({ model, definition, batch, title }: Case) {
  const graph = objectiveOf(definition);
  const inputs = inputsOf(graph, optimiser, batch);
  const [alone, many, spinning, plain] = await Promise.all(
    [onnx, onnx, busy, tfjs].map((engine) => engine.load(graph, optimiser, weightsOf(graph))),
  );
  if (!alone || !many || !spinning || !plain) throw new Error('no session');
  // Until the engine knows how many steps it may be given at once.
  for (let calls = 0; calls < 8; calls++) await many.step(inputs(many.atOnce));
  const atOnce = many.atOnce;

  const parameters = graph.params.reduce((sum, { shape, trainable }) => sum + (trainable ? size(shape) : 0), 0);
  const by =
    (peer: Peer, fused = false, compiled = false) =>
    async () => {
      const answer = await peer.run({ model, batch, fused, compiled, threads: THREADS, steps: STEPS });
      if (answer.parameters !== parameters)
        throw new Error(`${title}: ${parameters} parameters here, ${answer.parameters} in the network of Python`);
    };
  const oneByOne = async () => {
    for (const input of inputs(STEPS)) await alone.step([input]);
  };
  const times = await alternate(
    {
      'onnx, 1 step a call': oneByOne,
      'onnx, K steps a call': () => many.step(inputs(atOnce)),
      'onnx, K steps, busy threads': () => spinning.step(inputs(atOnce)),
      'tfjs-node': () => plain.step(inputs(STEPS)),
      ...(pytorch && {
        PyTorch: by(pytorch),
        'PyTorch, fused Adam': by(pytorch, true),
        ...(pytorch.compiles && { 'PyTorch, compiled, fused Adam': by(pytorch, true, true) }),
      }),
      ...(jax?.models.includes(model) && { 'JAX, jit': by(jax) }),
    },
    { rounds: 7, seconds: 0.25 },
  );
  for (const session of [alone, many, spinning, plain]) session.close();
  return Object.entries(times).map(([engine, ms]) => {
    const steps = engine.includes('K') ? atOnce : STEPS;
    return {
      engine: engine.replace('K steps', `${atOnce} steps`),
      ms: ms / steps,
      call: engine.includes('K') ? ms : ms / steps,
    };
  });
}

/** The size of a core's cache of this level, as Linux says it. */
function cache(level: number): string {
  try {
    return readFileSync(`/sys/devices/system/cpu/cpu0/cache/index${level}/size`, 'utf8').trim();
  } catch {
    return 'unknown';
  }
}

console.log(
  [
    `${onnx.name} ${onnx.version}, ${tfjs.name} ${tfjs.version}${pytorch ? `, PyTorch ${pytorch.version}` : ''}${jax ? `, JAX ${jax.version}` : ''}`,
    `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, L2 ${cache(2)}, L3 ${cache(3)}; load before: ${loadavg()
      .map((x) => x.toFixed(1))
      .join(', ')}`,
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
jax?.close();

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
