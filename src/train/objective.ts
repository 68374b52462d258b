import type { Model } from '../dsl/model.ts';
import { bodyOf, type Tensors } from '../dsl/network.ts';
import type { Tensor } from '../dsl/tensor.ts';
import { InvalidModel } from '../errors.ts';
import type { Body } from '../graph/node.ts';
import { batchShapes, wire, type Wiring } from '../layers/wiring.ts';
import type { Numbers } from './engine.ts';
import type { At, Schedule } from './schedule.ts';

/** What an objective is written with: a batch's tensors, and the model's networks as functions of tensors. */
export interface Given extends Wiring {
  readonly model: Model;
  readonly y: Tensor;
  /** 1 where an element of y counts; only where the target has one. */
  readonly mask?: Tensor;
  /** The conditions by name. */
  readonly x: Tensors;
  /** The values of the objective's schedules at this step: scalars without a batch axis. */
  readonly scalars: Readonly<Record<string, Tensor<[]>>>;
}

/** What an objective computes: the `loss` that is minimised and any other number to report, each without a batch axis. */
export type Terms = Readonly<Record<string, Tensor<[]>>> & { readonly loss: Tensor<[]> };

/**
 * What is minimised, as a graph over the model's networks: from a batch, noise and scalars to `loss` and its parts, in nats
 * (for a `squaredError` target, which is no distribution, in squared units of y plus nats). The same graph trains, evaluates
 * and can be exported.
 */
export interface Objective {
  readonly name: string;
  /** Writes it with layers. `validating` leaves out what only helps training: free bits, losses at other scales. */
  compute(given: Given, validating: boolean): Terms;
  /** Its scalars that change while training goes on, by the name of the input that takes them. */
  readonly schedules: Readonly<Record<string, Schedule>>;
  /** The graph of a model, before it is resolved; @throws InvalidModel where the objective has no meaning for the model. */
  body(model: Model, validating?: boolean): Body;
}

/**
 * An objective of one's own. This one is the ELBO of a model whose prior is N(0, I):
 *
 *     const mine = objective('mine', ({ recognition, decoder, nll, x, y }) => {
 *       const q = recognition(x, y);
 *       const z = reparameterise(q, noise('noise', 'normal', y, q.mean.shape));
 *       return { loss: add(batchMean(nll(decoder(x, z), y)), batchMean(kl(q))) };
 *     });
 */
export const objective = (
  name: string,
  compute: Objective['compute'],
  schedules: Readonly<Record<string, Schedule>> = {},
): Objective => ({
  name,
  compute,
  schedules,
  body: (model, validating = false) => {
    const scalars = Object.keys(schedules);
    const inputs = { ...batchShapes(model), ...Object.fromEntries(scalars.map((key) => [key, []])) };
    return bodyOf(
      'objective',
      inputs,
      ({ y, mask, ...rest }) => {
        if (!y) throw new Error('an objective without a target');
        const x = Object.fromEntries(Object.entries(rest).filter(([key]) => !scalars.includes(key)));
        const numbers = Object.fromEntries(
          // `inputs` has given each of them no axes.
          scalars.map((key) => [key, rest[key] as Tensor as Tensor<[]>]),
        );
        const wiring = { ...wire(model), ...(validating && { auxiliary: () => undefined }) };
        return compute({ ...wiring, model, y, ...(mask && { mask }), x, scalars: numbers }, validating);
      },
      (input) => (scalars.includes(input) ? 'scalar' : 'batch'),
    );
  },
});

/** The values of an objective's scalar inputs at a moment of training, by name. */
export const scalarsOf = ({ schedules }: Objective, moment: At): Numbers =>
  Object.fromEntries(Object.entries(schedules).map(([name, schedule]) => [name, schedule(moment)]));

/**
 * An objective with training noise on conditions: a layer for each condition that is to be disturbed, such as `omission(0.4)`,
 * `gaussianNoise(0.1)` or `dropout(0.2)`, applied once, so that all networks see the same. Validation and use see clean ones.
 */
export const withNoise = (
  { name, compute, schedules }: Objective,
  layers: Readonly<Record<string, (x: Tensor) => Tensor>>,
): Objective =>
  objective(
    name,
    (given, validating) => {
      for (const key of Object.keys(layers))
        if (!Object.hasOwn(given.x, key))
          throw new InvalidModel(
            `withNoise: expected names of conditions, got ${key}; they are ${Object.keys(given.x).join(', ') || 'none'}`,
          );
      const x = Object.fromEntries(
        Object.entries(given.x).map(([key, value]) => {
          // A condition may be called as a method of all objects is.
          const layer = Object.hasOwn(layers, key) ? layers[key] : undefined;
          return [key, layer?.(value) ?? value];
        }),
      );
      return compute({ ...given, x }, validating);
    },
    schedules,
  );
