import { batch } from '../data/batches.ts';
import { select } from '../data/split.ts';
import type { Variables } from '../data/variable.ts';
import type { Model } from '../dsl/model.ts';
import type { Display } from '../formats/display.ts';
import { displayGraph } from '../layers/display.ts';
import type { Weights } from '../weights/weights.ts';
import type { TrainingEngine } from './engine.ts';
import { fewOf } from './latent-use.ts';
import { noiseOf } from './noise.ts';
import { outcomesOf } from './outcome.ts';
import { classConditions, fitClassifier, labelsOf, someOf, yOf, type Parts } from './tell-classes.ts';

/** The temperatures that are tried, and the share of the best score at which the usual temperature is good enough. */
const [TRIED, GOOD] = [[1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4], 0.98];
/** The most examples to draw for, and the share of reconstructions that must be recognised to judge draws by it. */
const [MOST, KNOWN] = [512, 0.6];

/**
 * Measures the temperature at which a model's pictures are best shown. At a low one, pictures are recognisable and alike, at 1 they are as
 * different as the data, and those of a model whose posteriors leave gaps in the prior are often of no class. The score is the harmonic mean
 * of two ratios to reconstructions of held-out examples: of the share that a linear classifier recognises as the class asked for, and of
 * the mean distance between pictures of one class. Undefined for targets that are not images, whose draws are calibrated at 1, without
 * a condition of classes or a recognition network, and if classes cannot be recognised.
 */
export const displayHint = async (
  model: Model,
  engine: TrainingEngine,
  { train, held }: Parts,
  variables: Variables,
  seed: number,
  weights: Weights,
): Promise<Display | undefined> => {
  const graph = model.target.image && displayGraph(model);
  const [name] = classConditions(model, variables, held);
  if (!graph || name === undefined) return undefined;
  const width = yOf(model, select(held, [0]), variables, seed).length;
  const some = someOf(held, fewOf(held.count, MOST, width), seed, 'display');
  const { count } = some;
  const given = batch(
    some,
    Int32Array.from({ length: count }, (_, i) => i),
    variables,
    { seed, epoch: 0 },
  );
  const classify = outcomesOf(model, given).some(({ mask }) => mask)
    ? undefined
    : fitClassifier(model, train, variables, name, seed);
  if (!classify) return undefined;
  const labels = labelsOf(some, name);
  const noise = noiseOf(graph, count, seed, ['display']);
  const recognised = (y: Float32Array): number => classify(y).filter((one, row) => one === labels[row]).length / count;
  let reference: { readonly recognised: number; readonly spread: number } | undefined;
  const scores: number[] = [];
  for (const temperature of TRIED) {
    const priorNoise = (noise['priorNoise'] ?? new Float32Array()).map((value) => value * temperature);
    const { sampled, reconstructed } = await engine.compute(graph, weights, { ...given, ...noise, priorNoise }, count);
    if (!sampled || !reconstructed) return undefined;
    reference ??= { recognised: recognised(reconstructed), spread: spreadOf(reconstructed, labels) };
    if (reference.recognised < KNOWN || reference.spread === 0) return undefined;
    const [clear, varied] = [
      recognised(sampled) / reference.recognised,
      spreadOf(sampled, labels) / reference.spread,
    ].map((ratio) => Math.min(1, ratio));
    scores.push(!clear || !varied ? 0 : (2 * clear * varied) / (clear + varied));
  }
  const best = Math.max(...scores);
  if (best === 0) return undefined;
  return { temperature: (scores[0] ?? 0) >= GOOD * best ? 1 : (TRIED[scores.indexOf(best)] ?? 1) };
};

/** Returns the mean distance between two rows of one class. */
const spreadOf = (values: Float32Array, labels: Int32Array): number => {
  const width = values.length / labels.length;
  let [sum, pairs] = [0, 0];
  for (let a = 0; a < labels.length; a++)
    for (let b = 0; b < a; b++) {
      if (labels[a] !== labels[b]) continue;
      let squares = 0;
      for (let j = 0; j < width; j++) squares += ((values[a * width + j] ?? 0) - (values[b * width + j] ?? 0)) ** 2;
      sum += Math.sqrt(squares);
      pairs += 1;
    }
  return pairs === 0 ? 0 : sum / pairs;
};
