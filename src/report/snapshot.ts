import { signatureOf } from '../export/signature.ts';
import { batch } from '../data/batches.ts';
import type { Examples } from '../data/dataset.ts';
import { withClasses } from '../data/names.ts';
import { select } from '../data/split.ts';
import type { Variables } from '../data/variable.ts';
import type { Model } from '../dsl/model.ts';
import type { Taken } from '../formats/snapshot.ts';
import { inference } from '../layers/inference.ts';
import { permutation, stream } from '../random.ts';
import type { Names, TargetSignature } from '../signature.ts';
import type { TrainingEngine } from '../train/engine.ts';
import type { Weights } from '../weights/weights.ts';
import { casesOf } from './cases.ts';
import { drawImages, viewOf } from './images.ts';
import { drawNumbers } from './numbers.ts';
import type { Scene } from './scene.ts';

/** Returns a function that takes snapshots of a model: always at the same examples, with the same noise. */
export function snapshotter(
  model: Model,
  held: Examples,
  names: Names | undefined,
  variables: Variables,
  engine: TrainingEngine,
  seed: number,
): (weights: Weights, epoch: number, recognised: boolean) => Promise<Taken> {
  const images = viewOf(model.target) !== undefined;
  const chosen = images
    ? casesOf(model, held, seed)
    : permutation(held.count, stream(seed, 'look')).slice(0, NUMBERS).sort();
  const examples = select(held, chosen);
  const indices = Int32Array.from({ length: examples.count }, (_, i) => i);
  const given = batch(examples, indices, variables, { seed, epoch: 0 });
  const conditions = withClasses(model.condition, names);
  const scene: Scene = {
    model,
    conditions,
    graphs: inference(model),
    engine,
    seed,
    examples,
    given,
    count: examples.count,
  };
  return async (weights, epoch, recognised) => {
    const target = targetOf(model, weights, names);
    return images ? drawImages(scene, target, weights, epoch, recognised) : drawNumbers(scene, target, weights, epoch);
  };
}

const NUMBERS = 500;

/** Returns the target as exported files describe it, in the data's units. */
export const targetOf = (model: Model, weights: Weights, names: Names = {}): TargetSignature =>
  signatureOf(model, weights, { name: '', fingerprint: '', opset: 0, names }).target;
