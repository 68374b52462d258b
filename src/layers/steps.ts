import { checkCall } from '../dsl/check-arguments.ts';
import { strict, type Tensors } from '../dsl/network.ts';
import { outputsFor, type Outs, type Targets } from '../dsl/record.ts';
import type { Target } from '../dsl/target.ts';
import { describe, input, isTensor, Tensor } from '../dsl/tensor.ts';
import { block, here, networkBeingRead } from '../dsl/trace.ts';
import { InvalidModel, ShapeMismatch } from '../errors.ts';
import type { Node, StepsNode } from '../graph/node.ts';
import type { AllButFirst } from '../shape/axes.ts';
import { same } from '../shape/same.ts';
import type { Shape, ShapeError } from '../shape/shape.ts';
import { show } from '../shape/show.ts';
import { size } from '../shape/size.ts';
import { callable, isPlain, rule } from '../values/rules.ts';
import { slice } from './concat.ts';
import { reshape } from './reshape.ts';
import { atStep, checkSeries, CURRENT, firstStep, stepAfter, type Timed } from './step-inputs.ts';
import { concatAt } from './stack.ts';
import { sliceAt } from './axes.ts';
import { countOf, isSingle, named, stepTarget } from './step-target.ts';
import { stepBody } from './step-body.ts';
import { stepsOp } from './steps-op.ts';

/** One step of a target as networks see it: y without its first axis, or that of each of several targets by its name. */
export type StepOf<T> = T extends { readonly shape: infer S extends Shape }
  ? Tensor<AllButFirst<S>>
  : {
      readonly [K in keyof T]: T[K] extends { readonly shape: infer S extends Shape } ? Tensor<AllButFirst<S>> : never;
    };

/** What a step gives of what a decoder gives: tensors without their first axis. */
export type Unstacked<O> =
  O extends Tensor<infer S> ? Tensor<AllButFirst<S>> : { readonly [K in keyof O]: Unstacked<O[K]> };

/** What a step is given of series; without any, an error where it is used. */
export type InputOf<I> = [I] extends [never]
  ? ShapeError<'steps: expected inputs next to start and state, got none; pass series as inputs'>
  : Unstacked<I>;

/** What a step is given: what was before, the state that the step before gave, and what series have at this step. */
export interface StepGiven<T, S, I = never> {
  /** y of the step before, as networks see it: the data's while training, its own draw while sampling. */
  readonly previous: StepOf<T>;
  readonly state: S;
  /** What `inputs` have at this step. */
  readonly input: InputOf<I>;
}

/** What a step gives: the parameters of y's distribution in this step, and the next state. */
export interface StepMade<T, S> {
  readonly out: Unstacked<Outs<T>>;
  readonly state: S;
}

/** With what the steps of a sequence begin, and what each is given besides. */
export interface StepStart<T, S, I = never> {
  /** What stands for y of the step before the first, as networks see it. */
  readonly start: StepOf<T>;
  /** The first state: a tensor, or several by name. */
  readonly state: S;
  /**
   * Series that are known at all steps, whose first axis are the steps: a condition, what a layer makes of it, or a constant, such
   * as `positions(24, 8)`. Each step is given its own part, as `input`: a tensor, or several by name.
   */
  readonly inputs?: I & Timed<T, I>;
}

/**
 * A decoder that writes a sequence step by step, and sees what it has written (autoregression): the target's first axis
 * are the steps. While training, `previous` is y of the data (teacher forcing), so that −log p(y) is exact; a sample feeds
 * each drawn step to the next. z, conditions and whatever else is the same at all steps is used from around, and computed
 * once; `inputs` are series of which each step is given its own part.
 *
 * @returns what the decoder returns: the parameters of y's distribution at all steps.
 *
 * @throws InvalidModel outside of a decoder, for a target that is no sequence or cannot be drawn, and for layers that do not
 * treat each example by itself, such as `batchNorm`; ShapeMismatch for a start, a state, inputs or outputs of another shape.
 *
 * @example
 * ```ts
 * import { categorical, concat, cvae, dense, gaussian, gru, relu, steps } from 'cvae-compile';
 *
 * const word = categorical(28, { at: [12], end: 27 });
 *
 * export default cvae({
 *   condition: { topic: categorical(5) },
 *   target: word,
 *   latent: 8,
 *   recognition: ({ y }) => y.pipe(gru(32, { last: true }), gaussian(8)),
 *   decoder: ({ z, topic }) =>
 *     steps(word, { start: z.pipe(dense(28)), state: z.pipe(dense(64)) }, ({ previous, state }) => {
 *       const next = concat(previous, state, topic).pipe(dense(64), relu);
 *       return { out: next.pipe(dense(28)), state: next };
 *     }),
 * });
 * ```
 */
export function steps<T extends Target | Targets, S extends Tensor | Tensors, I extends Tensor | Tensors = never>(
  target: T,
  from: StepStart<NoInfer<T>, S, I>,
  step: (given: StepGiven<T, S, I>) => StepMade<NoInfer<T>, NoInfer<S>>,
): Outs<T> {
  checkCall(here('steps'), CALL, [...arguments]);
  if (networkBeingRead() !== 'decoder')
    throw new InvalidModel(
      `${here('steps')}: expected a decoder around it, whose y it is given while training, got ${networkBeingRead() || 'none'}; ${networkBeingRead() === 'network' ? WITHOUT_Z : 'write decoder: ({ z }) => steps(…)'}`,
    );
  // The types of what the function is given and gives are those that the checks below enforce.
  return block('steps', (layer) =>
    written(layer.label, target, from as StepsOptions, step as unknown as StepFunction),
  ) as Outs<T>;
}

const WITHOUT_Z =
  'for a sequence without z write a cvae of latent: 1 whose decoder leaves z out, and train it with gsnn()';

/** What `steps` is given, without the types that depend on the target. */
interface StepsOptions {
  readonly start: unknown;
  readonly state: unknown;
  readonly inputs?: unknown;
}
type StepFunction = (given: {
  readonly previous: unknown;
  readonly state: unknown;
  readonly input: unknown;
}) => unknown;

const CALL = {
  args: [
    rule(
      'a target, or targets by name',
      (value) => isPlain(value) && Object.keys(value).length > 0,
      'give that of the definition',
    ),
    rule(
      '{ start, state }',
      (value) => isPlain(value) && 'start' in value && 'state' in value,
      'give with what the first step begins',
    ),
    callable('a function of { previous, state }', 'write a step: ({ previous, state }) => ({ out, state })'),
  ],
};

const written = (label: string, target: Target | Targets, from: StepsOptions, step: StepFunction): unknown => {
  const where = here('').slice(0, -1);
  const count = countOf(where, target);
  const unknown = Object.keys(from).find((name) => !['start', 'state', 'inputs'].includes(name));
  if (unknown !== undefined)
    throw new InvalidModel(`${where}: expected start, state and inputs, got ${unknown}; correct it or leave it out`);
  const start = parts(where, 'start', 'previous', from.start);
  const shapes = Object.entries(named(target)).map(
    ([name, { shape }]) => [isSingle(target) ? 'previous' : `previous_${name}`, shape.slice(1)] as const,
  );
  expectShapes(where, 'start', start, Object.fromEntries(shapes));
  const own = parts(where, 'state', 'state', from.state);
  const series = from.inputs === undefined ? {} : parts(where, 'inputs', 'input', from.inputs);
  checkSeries(where, series, count, own);
  const state: Tensors = { ...own, ...(from.inputs !== undefined && { [CURRENT]: firstStep(count) }) };
  const inner: Tensors = Object.fromEntries(
    [...Object.entries(start), ...Object.entries(state)].map(([key, x]) => [key, input(key, x.shape)]),
  );
  const current = inner[CURRENT];
  const given = {
    previous: alike(from.start, 'previous', inner),
    state: alike(from.state, 'state', inner),
    input: current && alike(from.inputs, 'input', atStep(series, current)),
  };
  const made = {
    ...checkMade(where, step(given), target, own),
    ...(current && { [`next_${CURRENT}`]: stepAfter(current) }),
  };
  const network = networkBeingRead();
  const { body, around } = stepBody(`${network}/${label}`, network, inner, made);
  const sequences = Object.entries(start).map(([key, x]): [string, Node] => {
    const name = isSingle(target) ? 'y' : key.slice('previous_'.length);
    return [key, later(x, input(name, [count, ...x.shape]), count).node];
  });
  const widths = Object.entries(made).slice(0, Object.keys(made).length - Object.keys(state).length);
  const results: Record<string, Node> = {};
  const node: StepsNode = {
    kind: 'steps',
    op: stepsOp,
    body,
    count,
    args: { ...Object.fromEntries(sequences), ...nodesOf(state), ...around },
    writes: { start: nodesOf(start), target, results },
    sequences: sequences.length,
    states: Object.keys(state).length,
    layer: { label },
    shape: [count, widths.reduce((sum, [, { shape }]) => sum + size(shape), 0)],
  };
  const whole = new Tensor(node);
  let at = 0;
  const outputs = widths.map(([name, { shape }]): [string, Tensor] => {
    const length = size(shape);
    const own: Tensor = widths.length === 1 ? whole : slice(at, at + length)(whole);
    at += length;
    const x: Tensor = shape.length === 1 ? own : own.pipe(reshape(count, ...shape));
    results[name] = x.node;
    return [name, x];
  });
  return isSingle(target) ? inForm(outputs) : byTarget(Object.keys(target), outputs);
};

/** Returns y one step later, after what stands for the step before the first. */
const later = (start: Tensor, y: Tensor, count: number): Tensor => {
  const first: Tensor = start.pipe(reshape(1, ...start.shape));
  return concatAt(0)<Shape, Shape[]>(first, sliceAt(0)(0, count - 1)(y) as Tensor);
};

const nodesOf = (tensors: Tensors): Readonly<Record<string, Node>> =>
  Object.fromEntries(Object.entries(tensors).map(([key, { node }]) => [key, node]));

/** Returns a tensor under this name, or each of several as `name_key`. */
const parts = (where: string, what: string, name: string, value: unknown): Tensors => {
  const entries: readonly (readonly [string, unknown])[] = isTensor(value)
    ? [[name, value]]
    : isPlain(value)
      ? Object.entries(value).map(([key, x]) => [`${name}_${key}`, x] as const)
      : [];
  const tensors: Record<string, Tensor> = {};
  for (const [key, x] of entries) if (isTensor(x)) tensors[key] = x;
  const wrong = Object.keys(tensors).find((key) => !/^\w+$/.test(key));
  if (entries.length === 0 || Object.keys(tensors).length < entries.length || wrong !== undefined)
    throw new InvalidModel(
      `${where}, ${what}: expected a tensor, or tensors by names of letters, digits and _, got ${wrong ?? describe(value)}; pass a tensor, such as dense(10)(x)`,
    );
  if (Object.values(tensors).some((x) => x['~places'].length > 0))
    throw new InvalidModel(
      `${where}, ${what}: expected a tensor from outside of each, got one from within; apply steps to the whole`,
    );
  return tensors;
};

/** Returns inputs of a step in the form in which what they stand for was given. */
const alike = (value: unknown, name: string, inputs: Tensors): unknown =>
  isTensor(value)
    ? inputs[name]
    : strict(name, Object.fromEntries(Object.keys(Object(value)).map((key) => [key, inputs[`${name}_${key}`]])));

/** Checks that tensors have these names and shapes. */
const expectShapes = (where: string, what: string, tensors: Tensors, shapes: Readonly<Record<string, Shape>>): void => {
  const names = (of: object) => Object.keys(of).sort().join(' and ');
  if (names(tensors) !== names(shapes))
    throw new InvalidModel(`${where}, ${what}: expected ${names(shapes)}, got ${names(tensors)}; give one for each`);
  for (const [key, shape] of Object.entries(shapes)) {
    const own = tensors[key] ?? input(key, shape);
    if (!same(own.shape, shape))
      throw new ShapeMismatch(
        `${where}, ${what}: expected ${show(shape)} as ${key}, got ${show(own.shape)}; make the last layer give it`,
      );
  }
};

/** Returns what a step gives by name, after checking it: the parameters of the target's distribution, then the next state. */
const checkMade = (where: string, made: unknown, target: Target | Targets, state: Tensors): Tensors => {
  const { out, state: next, ...more } = isPlain(made) ? made : {};
  const [extra] = Object.keys(more);
  if (out === undefined || next === undefined || extra !== undefined)
    throw new InvalidModel(
      `${where}: expected a step that gives out and state, got ${describe(made)}; return { out, state }`,
    );
  const outputs = outputsFor(networkBeingRead(), out, stepTarget(target));
  const states = parts(where, 'state', 'state', next);
  const shapes = Object.fromEntries(Object.entries(state).map(([key, { shape }]) => [key, shape]));
  expectShapes(where, 'state', states, shapes);
  return {
    ...outputs,
    ...Object.fromEntries(Object.keys(state).map((key) => [`next_${key}`, states[key]] as [string, Tensor])),
  };
};

/** Returns a target's parameters as its decoder returns them: a single tensor if there is one. */
const inForm = (outputs: readonly (readonly [string, Tensor])[]): unknown => {
  const [first, ...more] = outputs;
  return first && more.length === 0 ? first[1] : Object.fromEntries(outputs);
};

/** Returns the parameters of several targets by the targets' names. */
const byTarget = (names: readonly string[], outputs: readonly (readonly [string, Tensor])[]): unknown =>
  Object.fromEntries(
    names.map((name) => {
      const own = outputs.filter(([key]) => key.startsWith(`${name}.`));
      return [name, inForm(own.map(([key, x]) => [key.slice(name.length + 1), x]))];
    }),
  );
