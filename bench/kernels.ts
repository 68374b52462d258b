// Where a training step of the tfjs engine goes, on the digits model at batch 128: forward, backward, optimiser, and what
// joining the parameters for the optimiser and fusing dense layers saves. `npm run bench -- kernels`
import digits from '../examples/digits/model.ts';
import { resolve } from '../src/graph/resolve.ts';
import { fillNormals, fillUniforms, stream } from '../src/random.ts';
import { size } from '../src/shape/size.ts';
import { loadBackend } from '../src/train/backend.ts';
import { elbo } from '../src/train/objectives/elbo.ts';
import { adam, optimiserGraph } from '../src/train/optimiser.ts';
import { run } from '../src/graph/run.ts';
import { tfjsEngine } from '../src/train/tfjs.ts';
import { alternate, table } from './measure.ts';

const BATCH = 128;
const backend = await loadBackend();
const { tf } = backend;
if (backend.reason !== undefined) console.error(backend.reason);

const graph = resolve(elbo().body(digits), { mode: 'train' });
const key = stream(1, 'bench');
const weights = new Map(graph.params.map((p) => [p.name, { shape: p.shape, data: p.init(p.shape, key) }]));
const labels = new Float32Array(BATCH * 10);
for (let i = 0; i < BATCH; i++) labels[i * 10 + (i % 10)] = 1;
const values = {
  y: fillUniforms(new Float32Array(BATCH * 784), key),
  digit: labels,
  noise: fillNormals(new Float32Array(BATCH * 20), key, 20),
};
const inputs = Object.fromEntries(
  graph.inputs.map(({ name, shape }) => [name, tf.tensor(values[name as keyof typeof values], [BATCH, ...shape])]),
);
const params = new Map(graph.params.map((p) => [p.name, tf.tensor(weights.get(p.name)?.data ?? [], [...p.shape])]));
const trained = graph.params.map((p) => params.get(p.name) ?? tf.scalar(0));
const loss = (...given: typeof trained) =>
  run(tf, graph, inputs, new Map(graph.params.map((p, i) => [p.name, given[i] ?? tf.scalar(0)]))).outputs['loss'] ??
  tf.scalar(0);

const total = graph.params.reduce((count, p) => count + size(p.shape), 0);
const scalars = { stepSize: tf.scalar(1e-3), floor: tf.scalar(1e-8) };
const state = (shape: readonly number[]) => ({
  parameter: tf.zeros([...shape]),
  gradient: tf.ones([...shape]),
  m: tf.zeros([...shape]),
  v: tf.zeros([...shape]),
  ...scalars,
});
const joined = { graph: optimiserGraph(adam(), [total]), given: state([total]) };
const apart = graph.params.map((p) => ({ graph: optimiserGraph(adam(), p.shape), given: state(p.shape) }));
const session = await tfjsEngine(backend).load(graph, adam(), weights);
const kernelsOf = async (f: () => unknown) => (await tf.profile(() => tf.tidy(() => void f()))).kernels.length;
const [x, kernel, bias] = [tf.ones([BATCH, 794]), tf.ones([794, 200]), tf.ones([200])] as const;

const parts = {
  'whole step': () => session.step([{ values, count: BATCH, scalars: adam().scalars(1, 1e-3) }]),
  forward: () => tf.tidy(() => loss(...trained).dataSync()[0]),
  'forward and backward': () => tf.tidy(() => tf.valueAndGrads(loss)(trained).value.dataSync()[0]),
  'Adam, one vector': () => tf.tidy(() => void run(tf, joined.graph, joined.given, new Map())),
  'Adam, each parameter': () => tf.tidy(() => apart.forEach((a) => run(tf, a.graph, a.given, new Map()))),
  'dense, fused': () => tf.tidy(() => void tf.fused.matMul({ a: x, b: kernel, bias, activation: 'linear' })),
  'dense, in two calls': () => tf.tidy(() => void tf.add(tf.matMul(x, kernel), bias)),
};
const timed = await alternate(parts, { rounds: 9, seconds: 0.25 });
const whole = timed['whole step'] ?? NaN;
const kernels: Record<string, number> = {};
for (const [name, f] of Object.entries(parts)) if (name !== 'whole step') kernels[name] = await kernelsOf(f);
session.close();
console.log(
  `${backend.name} ${backend.version}, examples/digits, batch ${BATCH}: ${Math.round((BATCH / whole) * 1000)} images/s`,
);
table(
  Object.entries(timed).map(([part, ms]) => ({
    part,
    'ms (median)': ms.toFixed(3),
    'of a step': `${Math.round((100 * ms) / whole)} %`,
    'kernel calls': kernels[part] ?? '',
  })),
);
