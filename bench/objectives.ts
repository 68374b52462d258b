// What a training step costs by objective, relative to the ELBO, on both engines; and what is saved where several samples share
// what does not depend on them (graph/hoist.ts). `npm run bench -- objectives [--write]`, which puts the tables into docs/objectives.md.
import { availableParallelism } from 'node:os';
import { readFileSync, writeFileSync } from 'node:fs';
import digits from '../examples/digits/model.ts';
import { modelOf } from '../research/quadrants/models.ts';
import { settingsOf } from '../research/quadrants/settings.ts';
import recurrent from '../examples/variants/recurrent.ts';
import type { Model } from '../src/dsl/model.ts';
import type { Graph } from '../src/graph/graph.ts';
import { resolve } from '../src/graph/resolve.ts';
import { estimation } from '../src/layers/estimation.ts';
import type { TrainingEngine } from '../src/train/engine.ts';
import { engineOf } from '../src/train/engines.ts';
import type { Objective } from '../src/train/objective.ts';
import { elbo } from '../src/train/objectives/elbo.ts';
import { gsnn } from '../src/train/objectives/gsnn.ts';
import { hybrid } from '../src/train/objectives/hybrid.ts';
import { iwae } from '../src/train/objectives/iwae.ts';
import { adam } from '../src/train/optimiser.ts';
import { linear } from '../src/train/schedule.ts';
import { alternate, least, table } from './measure.ts';
import { inputsOf, weightsOf } from './networks.ts';

const ROUNDS = { rounds: 9, seconds: 0.15, by: least };
const BATCH = 128;
/** Steps per call of the engines that take several at once: more than this would not be faster. */
const STEPS = 4;
const optimiser = adam();
const engines = [await engineOf('onnx'), await engineOf('tfjs')];

const objectives: Readonly<Record<string, Objective>> = {
  'elbo()': elbo(),
  'elbo({ beta: linear(…) })': elbo({ beta: linear({ to: 1, epochs: 10 }) }),
  'elbo({ freeBits: 0.1 })': elbo({ freeBits: 0.1 }),
  'elbo({ samples: 5 })': elbo({ samples: 5 }),
  'gsnn()': gsnn(),
  'hybrid(0.5)': hybrid(0.5),
  'iwae(5)': iwae(5),
  'iwae(50)': iwae(50),
};

/** What is timed, and how it ends. */
interface Timed {
  run(): Promise<unknown>;
  close(): void;
}

/** A training step of an objective, `STEPS` of them a call. */
const stepOf = async (engine: TrainingEngine, graph: Graph, batch: number): Promise<Timed> => {
  const session = await engine.load(graph, optimiser, weightsOf(graph));
  const inputs = inputsOf(graph, optimiser, batch)(STEPS);
  return { run: () => session.step(inputs), close: () => session.close() };
};

/** Milliseconds a step of each objective. */
const costs = async (engine: TrainingEngine): Promise<Record<string, number>> => {
  const sessions = await Promise.all(
    Object.entries(objectives).map(
      async ([name, o]) => [name, await stepOf(engine, resolve(o.body(digits), { mode: 'train' }), BATCH)] as const,
    ),
  );
  const times = await alternate(Object.fromEntries(sessions.map(([name, { run }]) => [name, run])), ROUNDS);
  for (const [, session] of sessions) session.close();
  return Object.fromEntries(Object.entries(times).map(([name, ms]) => [name, ms / STEPS]));
};

const wide = modelOf(settingsOf());
const FIGURE = 'figure 1(d), 200 units';
const WIDE = 'x concatenated with z, 2 × 1000 units';
const shared: readonly (readonly [title: string, model: Model, batch: number, objective: Objective | number])[] = [
  [`iwae(10), ${FIGURE}`, recurrent, 100, iwae(10)],
  [`iwae(10), ${WIDE}`, wide, 100, iwae(10)],
  [`evaluation, 100 samples, ${FIGURE}`, recurrent, 20, 100],
  [`evaluation, 100 samples, ${WIDE}`, wide, 20, 100],
];

/** Milliseconds with and without sharing, of a step or of an evaluation. */
const savings = async (engine: TrainingEngine, model: Model, batch: number, of: Objective | number) => {
  const [shares, each] = await Promise.all(
    [true, false].map(async (sharing): Promise<Timed> => {
      const hoisted = sharing ? {} : { hoisted: false as const };
      if (typeof of !== 'number') return stepOf(engine, resolve(of.body(model), { mode: 'train', ...hoisted }), batch);
      const graph = estimation(model, of, hoisted);
      const { values } = inputsOf(graph, optimiser, batch)(1)[0] ?? {};
      const weights = weightsOf(graph);
      return { run: () => engine.compute(graph, weights, values ?? {}, batch), close: () => undefined };
    }),
  );
  if (!shares || !each) throw new Error('nothing to measure');
  const times = await alternate({ shares: shares.run, each: each.run }, ROUNDS);
  shares.close();
  each.close();
  return times;
};

const lines: string[] = [];
const say = (line: string): void => {
  lines.push(line);
  console.log(line);
};
const names = engines.map(({ name, version }) => `${name} ${version}`).join(', ');
say(
  `${names}, ${availableParallelism()} threads, the least of ${ROUNDS.rounds} rounds taken in turn; \`npm run bench -- objectives\`.`,
);
say('');
say(`A training step of examples/digits at batch ${BATCH}, Adam included, times the ELBO's:`);
say('');
const columns: (readonly [string, Record<string, number>])[] = [];
for (const engine of engines) columns.push([engine.name, await costs(engine)]);
const times = (ms: number | undefined, base: number | undefined): string =>
  `${((ms ?? NaN) / (base ?? NaN)).toFixed(2)} (${ms?.toFixed(2)} ms)`;
table(
  Object.keys(objectives).map((objective) => ({
    objective: `\`${objective}\``,
    ...Object.fromEntries(columns.map(([name, ms]) => [name, times(ms[objective], ms['elbo()'])])),
  })),
  say,
);
say('');
say('What does not depend on the sample computed once for each example, times as when it is computed for each sample:');
say('');
const rows: Record<string, string>[] = [];
for (const [title, model, batch, of] of shared) {
  const row: Record<string, string> = { what: title };
  for (const engine of engines) {
    const { shares, each } = await savings(engine, model, batch, of);
    row[engine.name] = times(shares, each);
  }
  rows.push(row);
}
table(rows, say);

if (process.argv.includes('--write')) {
  const page = new URL('../docs/objectives.md', import.meta.url);
  const [begin, end] = ['<!-- bench: objectives -->', '<!-- end -->'];
  const text = readFileSync(page, 'utf8');
  const [from, to] = [text.indexOf(begin) + begin.length, text.indexOf(end, text.indexOf(begin))];
  if (from < begin.length || to < 0) throw new Error(`docs/objectives.md: expected ${begin} … ${end}, got neither`);
  writeFileSync(page, `${text.slice(0, from)}\n\n${lines.join('\n')}\n\n${text.slice(to)}`);
}
