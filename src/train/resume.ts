import { InvalidFile, InvalidModel } from '../errors.ts';
import type { RunFacts } from '../formats/checkpoint.ts';
import type { GraphParam } from '../graph/graph.ts';
import { same } from '../shape/same.ts';
import { show } from '../shape/show.ts';
import { ownWeights, type Weights } from '../weights/weights.ts';
import type { Checkpoint } from './checkpoint.ts';

/** Checks that a run resumes with the settings it was started with. @throws InvalidModel if any differs. */
export const checkRun = (now: RunFacts, before: RunFacts): void => {
  const [given, expected] = [new Map(Object.entries(now)), new Map(Object.entries(before))];
  for (const name of new Set([...expected.keys(), ...given.keys()]))
    if (given.get(name) !== expected.get(name))
      throw new InvalidModel(
        `resume: expected the ${NAMES[name] ?? name} that the run was started with, ${short(expected.get(name))}, got ${short(given.get(name))}; give the same, or start a new run`,
      );
};

const NAMES: Readonly<Record<string, string>> = {
  fingerprint: 'model',
  examples: 'number of examples',
  batch: 'batch size',
  learningRate: 'learning rate',
  augment: 'augmentations',
};

const short = (value: unknown): string =>
  String(value ?? 'none')
    .replace(/\p{Cc}/gu, ' ')
    .slice(0, 16);

/**
 * Checks that the arrays of a checkpoint are those of the run: `all` are its parameters, `params` those of the objective of its
 * phase, which must be present, and `states` the optimiser's states for those that are trained.
 *
 * @throws InvalidFile if they are not.
 */
export const checkArrays = (
  { weights, best, average, optimiser }: Checkpoint,
  all: Weights,
  params: readonly GraphParam[],
  states: readonly string[],
): void => {
  const shapes = new Map(Array.from(all, ([name, { shape }]) => [name, shape]));
  const names = params.map(({ name }) => name);
  const trained = params.flatMap(({ name, trainable }) => (trainable ? [name] : []));
  checkShapes('weights', weights, shapes, names);
  checkShapes('best', best, shapes, names);
  if (average) checkShapes('average', average, shapes, names);
  for (const state of states) checkShapes(`optimiser/${state}`, optimiser[state] ?? new Map(), shapes, trained);
};

/**
 * Copies a checkpoint given by a user, from any realm, into arrays of this one. @throws WeightsMismatch if it is not a
 * checkpoint.
 */
export const ownCheckpoint = (given: Checkpoint): Checkpoint => {
  const own = (what: string, weights: unknown): Weights => ownWeights(`resume: ${what}`, weights);
  const { weights, best, average, optimiser } = given;
  return {
    ...given,
    weights: own('weights', weights),
    best: own('best', best),
    ...(average && { average: own('average', average) }),
    optimiser: Object.fromEntries(
      Object.entries(Object(optimiser)).map(([state, held]) => [state, own(`optimiser/${state}`, held)]),
    ),
  };
};

const checkShapes = (
  what: string,
  found: Weights,
  shapes: ReadonlyMap<string, readonly number[]>,
  needed: readonly string[],
): void => {
  for (const name of new Set([...needed, ...found.keys()])) {
    const [is, should] = [found.get(name)?.shape, shapes.get(name)];
    if (is && should && same(is, should)) continue;
    const got = is ? `one of shape ${show(is)}` : 'none';
    throw new InvalidFile(
      `resume: expected ${should ? `an array of shape ${show(should)}` : 'no array'} in the checkpoint as ${what}/${name}, got ${got}; copy the run's folder again, or start a new run`,
    );
  }
};
