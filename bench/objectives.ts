// What a training step costs by objective, relative to the ELBO, on the digits model at batch 128. `npm run bench -- objectives`
import digits from '../examples/digits/model.ts';
import { resolve } from '../src/graph/resolve.ts';
import { fillUniforms, stream } from '../src/random.ts';
import { usualEngine } from '../src/train/engines.ts';
import { noiseOf } from '../src/train/noise.ts';
import type { Objective } from '../src/train/objective.ts';
import { elbo } from '../src/train/objectives/elbo.ts';
import { gsnn } from '../src/train/objectives/gsnn.ts';
import { hybrid } from '../src/train/objectives/hybrid.ts';
import { iwae } from '../src/train/objectives/iwae.ts';
import { adam } from '../src/train/optimiser.ts';
import { alternate, table } from './measure.ts';

const BATCH = 128;
const engine = await usualEngine();
if (engine.notice !== undefined) console.error(engine.notice);

const objectives: Readonly<Record<string, Objective>> = {
  'elbo()': elbo(),
  'elbo, free bits': elbo({ freeBits: 0.1 }),
  'elbo, 5 samples': elbo({ samples: 5 }),
  'gsnn()': gsnn(),
  'hybrid(0.5)': hybrid(0.5),
  'iwae(5)': iwae(5),
  'iwae(50)': iwae(50),
};
const optimiser = adam();
const key = stream(1, 'bench');
const digit = Float32Array.from({ length: BATCH * 10 }, (_, i) => Number(i % 10 === Math.floor(i / 10) % 10));
const y = fillUniforms(new Float32Array(BATCH * 784), key);

const sessions = await Promise.all(
  Object.entries(objectives).map(async ([name, objective]) => {
    const graph = resolve(objective.body(digits), { mode: 'train' });
    const weights = new Map(graph.params.map((p) => [p.name, { shape: p.shape, data: p.init(p.shape, key) }]));
    const session = await engine.load(graph, optimiser, weights);
    const values = { y, digit, ...noiseOf(graph, BATCH, 1, ['bench']) };
    const step = () => session.step([{ values, count: BATCH, scalars: optimiser.scalars(1, 1e-4) }]);
    return [name, step] as const;
  }),
);
const times = await alternate(Object.fromEntries(sessions), { rounds: 7, seconds: 0.5 });
const base = times['elbo()'] ?? NaN;
console.log(`${engine.name} ${engine.version}, batch ${BATCH}, medians of 7 rounds\n`);
table(
  Object.entries(times).map(([objective, ms]) => ({
    objective,
    'ms a step': ms.toFixed(2),
    'times the ELBO': (ms / base).toFixed(2),
  })),
);
