import article from '../examples/article/model.ts';
import completion from '../examples/completion/model.ts';
import { ofAttention, ofColours, ofColoursNorm, ofConv1d, ofGru, ofLstm, ofPictures } from './families.ts';
import { modelOf } from '../research/quadrants/models.ts';
import { settingsOf } from '../research/quadrants/settings.ts';
import type { Model } from '../src/dsl/model.ts';
import type { Graph } from '../src/graph/graph.ts';
import { resolve } from '../src/graph/resolve.ts';
import { fillNormals, fillUniforms, stream } from '../src/random.ts';
import { size } from '../src/shape/size.ts';
import type { StepInput } from '../src/train/engine.ts';
import { elbo } from '../src/train/objectives/elbo.ts';
import type { Optimiser } from '../src/train/optimiser.ts';
import type { Weights } from '../src/weights/weights.ts';

/** What is trained, and by how many examples a step. */
export interface Case {
  readonly title: string;
  /** The network's name in bench/pytorch/train.py. */
  readonly model:
    | 'article'
    | 'wide'
    | 'completion'
    | 'gru'
    | 'lstm'
    | 'attention'
    | 'conv1d'
    | 'colour'
    | 'colour with batchNorm'
    | 'pictures';
  readonly definition: Model;
  readonly batch: number;
}

export const CASES = [
  { title: 'article, batch 128', model: 'article', definition: article, batch: 128 },
  { title: 'article, batch 1024', model: 'article', definition: article, batch: 1024 },
  { title: '2 × 1000 units, batch 100', model: 'wide', definition: modelOf(settingsOf()), batch: 100 },
  { title: 'completion, batch 128', model: 'completion', definition: completion, batch: 128 },
  { title: 'family: gru, 60 steps, batch 32', model: 'gru', definition: ofGru, batch: 32 },
  { title: 'family: lstm, 60 steps, batch 32', model: 'lstm', definition: ofLstm, batch: 32 },
  { title: 'family: attention, 60 steps, batch 32', model: 'attention', definition: ofAttention, batch: 32 },
  { title: 'family: conv1d, 120 steps, batch 32', model: 'conv1d', definition: ofConv1d, batch: 32 },
  { title: 'family: 64 × 64 colour, batch 32', model: 'colour', definition: ofColours, batch: 32 },
  {
    title: 'family: 64 × 64 colour, batchNorm, batch 32',
    model: 'colour with batchNorm',
    definition: ofColoursNorm,
    batch: 32,
  },
  { title: 'family: 28 × 28 presets, groupNorm, batch 128', model: 'pictures', definition: ofPictures, batch: 128 },
] as const satisfies readonly Case[];

/** The ELBO of a model, all its networks trained together. */
export const objectiveOf = (model: Model): Graph => resolve(elbo().body(model), { mode: 'train' });

/** First weights. */
export const weightsOf = (graph: Graph): Weights =>
  new Map(graph.params.map((p) => [p.name, { shape: p.shape, data: p.init(p.shape, stream(1, 'init', p.name)) }]));

/** Inputs of the right shape for a number of steps: the same few batches over and over. */
export const inputsOf = (graph: Graph, optimiser: Optimiser, count: number): ((steps: number) => StepInput[]) => {
  const few = Array.from({ length: 8 }, (_, i) => inputOf(graph, optimiser, count, i + 1));
  return (steps) =>
    Array.from({ length: steps }, (_, i) => few.slice(i % few.length)).flatMap(([input]) => input ?? []);
};

const inputOf = (graph: Graph, optimiser: Optimiser, count: number, step: number): StepInput => ({
  values: Object.fromEntries(
    graph.inputs.map(({ name, shape, lead, role, noise }) => {
      const values = new Float32Array((lead > 0 ? count * lead : 1) * size(shape));
      const fill = role === 'noise' && noise === 'normal' ? fillNormals : fillUniforms;
      return [name, fill(values, stream(step, name), size(shape))];
    }),
  ),
  count,
  scalars: optimiser.scalars(step, 1e-4),
});
