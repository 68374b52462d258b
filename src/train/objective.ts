import type { Model } from '../dsl/model.ts';
import { taking } from '../dsl/check-arguments.ts';
import { bodyOf, type Tensors } from '../dsl/network.ts';
import type { Tensor } from '../dsl/tensor.ts';
import { InvalidModel } from '../errors.ts';
import { valuesOf, type Graph } from '../graph/graph.ts';
import type { Body } from '../graph/node.ts';
import { batchOf, batchShapes, wire, type Wiring } from '../layers/wiring.ts';
import { show } from '../shape/show.ts';
import { own } from '../values/own.ts';
import { callable, isPlain, meant, nameRule, optional, rule } from '../values/rules.ts';
import { list } from '../values/value-text.ts';
import type { Scalars } from './engine.ts';
import { valueAt, type ScheduleStep, type Schedule } from './schedule.ts';

/** What an objective is written in terms of: a batch's tensors, and the model's networks as functions of tensors. */
export interface ObjectiveContext extends Wiring {
  readonly model: Model;
  /** The target; several are one after another, each flat. */
  readonly y: Tensor;
  /** 1 for each element of y that counts; only if the target has a mask. */
  readonly mask?: Tensor;
  /** The conditions by name. */
  readonly x: Tensors;
  /** The values of the objective's schedules at this step: scalars without a batch axis. */
  readonly scalars: Readonly<Record<string, Tensor<[]>>>;
}

/** What an objective computes: the `loss` that is minimised and any other number to report, each without a batch axis. */
export type Terms = Readonly<Record<string, Tensor<[]>>> & { readonly loss: Tensor<[]> };

/**
 * A loss to minimise, as a graph over the model's networks: from a batch, noise and scalars to `loss` and its parts, in nats (for
 * a `squaredError` target, which is not a distribution, in squared units of y plus nats). The same graph trains, evaluates and
 * can be exported.
 */
export interface Objective {
  readonly name: string;
  /** Its settings other than the usual ones, as text: `beta 4, samples 5`. */
  readonly about?: string;
  /** Computes the terms with layers. `validating` leaves out what only helps training: free bits, losses at other scales. */
  compute(given: ObjectiveContext, validating: boolean): Terms;
  /** The schedules of its scalars, by the name of the input that receives each. */
  readonly schedules: Readonly<Record<string, Schedule>>;
  /** Returns the graph for a model, before it is resolved; @throws InvalidModel if the objective does not apply to the model. */
  body(model: Model, validating?: boolean): Body;
}

/** Whether a value is the schedules of custom scalars. */
const isSchedules = (value: unknown): boolean =>
  isPlain(value) && Object.entries(value).every(([key, f]) => /^[A-Za-z]\w*$/.test(key) && typeof f === 'function');

const CALL = {
  args: [
    nameRule(true, 'name the objective'),
    callable('a function of the batch and the networks', 'give what computes { loss }'),
    optional(
      rule(
        'schedules by name, each a function of where training is,',
        isSchedules,
        'give one such as { weight: linear({ to: 1, epochs: 5 }) }',
      ),
    ),
  ],
};

/** The rule for an objective: one of the library's, or a custom one. */
export const OBJECTIVE = rule(
  'an objective',
  (value) => isPlain(value) && typeof value['compute'] === 'function' && typeof value['body'] === 'function',
  'give one such as elbo(), or objective(name, compute)',
);

const NOISY = {
  args: [
    OBJECTIVE,
    rule(
      'layers by the name of a condition',
      (value) => isPlain(value) && Object.values(value).every((layer) => typeof layer === 'function'),
      'give such as { x: dropout(0.2) }',
    ),
  ],
};

/**
 * Defines a custom objective. The one in the example is the ELBO of a model whose prior is N(0, I).
 *
 * @example
 * ```ts
 * import { add, batchMean, kl, noise, reparameterise } from 'cvae-compile';
 * import { objective, train } from 'cvae-compile/train';
 * import model, { data } from './model.ts';
 *
 * const mine = objective('mine', ({ recognition, decoder, nll, x, y }) => {
 *   const q = recognition(x, y);
 *   if (!q) throw new Error('mine: expected a recognition network, got none; add one');
 *   const z = reparameterise(q, noise('noise', 'normal', y, q.mean.shape));
 *   return { loss: add(batchMean(nll(decoder(x, z), y)), batchMean(kl(q))) };
 * });
 * const { epochs } = await train(model, data, { objective: mine, epochs: 1 });
 * console.log(epochs.length); // 1
 * ```
 */
export const objective = taking(
  'objective',
  CALL,
  (name: string, compute: Objective['compute'], schedules: Readonly<Record<string, Schedule>> = {}): Objective => ({
    name,
    compute,
    schedules,
    body: (model, validating = false) => {
      const scalars = Object.keys(schedules);
      const batch = batchShapes(model);
      const taken = scalars.find((key) => Object.hasOwn(batch, key));
      if (taken !== undefined)
        throw new InvalidModel(
          `${name}: expected schedules of names of their own, got ${taken}, which the model has; rename it`,
        );
      const inputs = { ...batch, ...Object.fromEntries(scalars.map((key) => [key, []])) };
      return bodyOf(
        'objective',
        inputs,
        (given) => {
          const all = Object.entries(given);
          const { y, mask, x } = batchOf(model, Object.fromEntries(all.filter(([key]) => !scalars.includes(key))));
          const numbers = Object.fromEntries(
            // `inputs` declares each of them without axes.
            scalars.map((key) => [key, given[key] as Tensor as Tensor<[]>]),
          );
          const wired = wire(model);
          const wiring: Wiring = {
            ...wired,
            // An objective that does not pass the mask on means the batch's.
            recognition: (given, target, counted = mask) => wired.recognition(given, target, counted),
            ...(validating && { auxiliary: () => undefined }),
          };
          return compute({ ...wiring, model, y, ...(mask && { mask }), x, scalars: numbers }, validating);
        },
        (input) => (scalars.includes(input) ? 'scalar' : 'batch'),
      );
    },
  }),
);

/**
 * Returns an objective with its settings as text, behind those that it has: numbers other than the usual ones, and records of numbers. What
 * is neither, such as a schedule, is left out.
 */
export const withAbout = (of: Objective, settings: object, usual: Readonly<Record<string, number>> = {}): Objective => {
  const texts = Object.entries(settings).flatMap(([key, value]): readonly string[] => {
    if (isPlain(value)) return Object.entries(value).map(([inner, number]) => `${key} ${inner} ${String(number)}`);
    return (typeof value === 'number' && value !== own(usual, key)) || typeof value === 'string'
      ? [`${key} ${value}`]
      : [];
  });
  const about = [...(of.about === undefined ? [] : [of.about]), ...texts].join(', ');
  return about === '' ? of : { ...of, about };
};

/**
 * Checks a resolved objective. @throws InvalidModel if it has no loss, or any output that is not one number for a batch, which no
 * step could follow.
 */
export const checkLoss = (graph: Graph): Graph => {
  const values = valuesOf(graph);
  const names = Object.keys(graph.outputs);
  if (!names.includes('loss'))
    throw new InvalidModel(
      `${graph.name}: expected a loss, got ${list(names)}; return { loss } and, if you like, further numbers to report`,
    );
  for (const [key, id] of Object.entries(graph.outputs)) {
    const { shape = [], lead = 0 } = values.get(id) ?? {};
    if (shape.length > 0 || lead > 0)
      throw new InvalidModel(
        `${graph.name}: expected one number for a batch as ${key}, got ${shape.length > 0 ? show(shape) : 'one'}${lead > 0 ? ' for each example' : ''}; take the sum, and batchMean of it`,
      );
  }
  return graph;
};

/** Returns the values of an objective's scalar inputs at a moment of training, by name. */
export const scalarsOf = ({ schedules }: Objective, moment: ScheduleStep): Scalars =>
  Object.fromEntries(Object.entries(schedules).map(([name, schedule]) => [name, valueAt(name, schedule, moment)]));

/**
 * Returns an objective with training noise on conditions: a layer for each condition to perturb, such as `omission(0.4)`,
 * `gaussianNoise(0.1)` or `dropout(0.2)`, applied once, so that all networks see the same values. Validation and prediction see
 * clean ones.
 */
export const withNoise = taking(
  'withNoise',
  NOISY,
  (of: Objective, layers: Readonly<Record<string, (x: Tensor) => Tensor>>): Objective => {
    const { name, compute, schedules } = of;
    const noisy = objective(
      name,
      (given, validating) => {
        for (const key of Object.keys(layers))
          if (!Object.hasOwn(given.x, key))
            throw new InvalidModel(
              `withNoise: expected names of conditions (${list(Object.keys(given.x))}), got ${key}; ${meant(key, Object.keys(given.x))}`,
            );
        const x = Object.fromEntries(
          Object.entries(given.x).map(([key, value]) => [key, own(layers, key)?.(value) ?? value]),
        );
        return compute({ ...given, x }, validating);
      },
      schedules,
    );
    return withAbout({ ...of, ...noisy }, { noise: Object.keys(layers).join(' and ') });
  },
);
