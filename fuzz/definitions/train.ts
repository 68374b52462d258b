import type { Definition } from '../../src/cli/load.ts';
import type { Graph } from '../../src/graph/graph.ts';
import type { TrainingEngine } from '../../src/train/engine.ts';
import { engineOf } from '../../src/train/engines.ts';
import { sgd } from '../../src/train/optimiser.ts';
import { tfjsEngine } from '../../src/train/tfjs.ts';
import { part } from '../failure.ts';
import { judgeTraining, type Question, type Values, type Verdict } from '../judge/judge.ts';
import type { Read } from '../judge/read.ts';
import type { Bench } from './bench.ts';

/** What is trained, and who judges it. */
interface Training {
  readonly objective: Graph;
  readonly definition: Definition;
  readonly judge: Read;
  readonly question: Question;
  readonly own: Values;
  readonly bench: Bench;
  readonly random: () => number;
  readonly tell: (kind: string, where: string, found: Values, right: Verdict) => void;
}

const RATE = 0.05;
const STEPS = 2;

/** Two steps of an engine, and what they leave in all parameters, against the judge's. */
export async function trained({
  objective,
  definition,
  judge,
  question,
  own,
  bench,
  random,
  tell,
}: Training): Promise<void> {
  const trainable = objective.params.filter((param) => param.trainable).map(({ name }) => name);
  if (trainable.length === 0) return;
  const right = judgeTraining(judge, question, { steps: STEPS, rate: RATE, trainable }, random);
  const engines: readonly TrainingEngine[] = [await engineOf('onnx'), ...bench.tfjs.map(tfjsEngine)];
  const optimiser = definition.training.optimiser ?? sgd();
  const data = (values: Values) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Float32Array.from(value.data)]));
  const scalars = Object.fromEntries(
    Object.entries(question.scalars ?? {}).map(([name, value]) => [name, Float32Array.of(value)]),
  );
  const values = { ...data(question.inputs), ...data(question.noise ?? {}), ...scalars };
  const weights = new Map(
    Object.entries(own).map(([name, value]) => [
      name,
      { shape: [...value.shape], data: Float32Array.from(value.data) },
    ]),
  );
  for (const engine of engines) {
    const kind = `training ${engine.name}`;
    const found = await part(kind, async () => {
      const session = await engine.load(objective, optimiser, weights);
      try {
        const batches = Array.from({ length: STEPS }, (_, i) => ({
          values,
          count: question.count,
          scalars: optimiser.scalars(i + 1, RATE),
        }));
        const metrics = await session.step(batches);
        const losses = metrics.map(({ loss = NaN }, i) => [`loss ${i + 1}`, { shape: [], data: [loss] }] as const);
        const left = [...(await session.read())].map(([name, weight]) => [name, weight] as const);
        const all: Values = Object.fromEntries([...losses, ...left]);
        return all;
      } finally {
        session.close();
      }
    });
    // What is doubtful is not judged.
    const judged = Object.entries(found).filter(([name]) => Object.hasOwn(right.values, name));
    tell(kind, `${STEPS} steps in ${engine.name}`, Object.fromEntries(judged), right);
  }
}
