import type { Model, Steps } from '../dsl/model.ts';
import { bodyOf, call, type Tensors } from '../dsl/network.ts';
import { scaling } from '../dsl/scaling.ts';
import type { Decoded, Parameters, Target } from '../dsl/target.ts';
import type { Tensor } from '../dsl/tensor.ts';
import type { Graph } from '../graph/graph.ts';
import { resolve } from '../graph/resolve.ts';
import type { Shape } from '../shape/shape.ts';
import { relu } from './activations.ts';
import { add, div, minimum, mul, sub } from './arithmetic.ts';
import { at } from './axes.ts';
import { likeRows } from './broadcast-like.ts';
import { stepOf } from './step-target.ts';
import { inUnits } from './units.ts';
import { seenConditions } from './wiring.ts';

/** The graphs of a decoder of steps for inference, in the data's own units. */
export interface StepGraphs {
  /** z and conditions → what the first step is given. */
  readonly start: Graph;
  /** What a step is given, z and conditions → y's mean in this step, whatever else a draw needs, and the next state. */
  readonly step: Graph;
}

/** Returns these graphs; `given` are the shapes of z and the conditions. */
export const stepGraphs = (
  model: Model,
  { start, step }: Steps,
  given: Readonly<Record<string, Shape>>,
): StepGraphs => {
  const { target } = model;
  const targets = Object.entries(target.targets ?? { y: target });
  const members = targets.map(([name, one]) => member(name, one, target.targets !== undefined));
  const graph = (name: string, inputs: Readonly<Record<string, Shape>>, body: (inputs: Tensors) => Tensors): Graph =>
    resolve(bodyOf('output', inputs, body), { mode: 'infer', name });
  const around = (inputs: Tensors): Tensors => {
    const { z, ...x } = Object.fromEntries(Object.entries(inputs).filter(([name]) => Object.hasOwn(given, name)));
    return { ...seenConditions(model, x), ...(z && { z }) };
  };
  const shapes = Object.fromEntries(Object.entries(step.inputs).map(([name, { shape }]) => [name, shape]));
  return {
    start: graph('start', given, (inputs) => {
      const { [Object.keys(inputs)[0] ?? '']: example } = inputs;
      const made: Record<string, Tensor> = { ...call(start, around(inputs)) };
      for (const one of members) made[one.previous] = one.outward(tensorOf(made, one.previous));
      return Object.fromEntries(Object.entries(made).map(([name, x]) => [name, example ? likeRows(x, example) : x]));
    }),
    step: graph('step', { ...shapes, ...given, ...noisesOf(members) }, (given) => {
      const inputs = Object.fromEntries(
        Object.entries(given).filter(([name]) => !Object.hasOwn(noisesOf(members), name)),
      );
      const previous = members.map((one) => [one.previous, one.inward(tensorOf(inputs, one.previous))] as const);
      const made = call(step, { ...inputs, ...around(inputs), ...Object.fromEntries(previous) });
      const next = Object.entries(made).filter(([name]) => name.startsWith('next_'));
      const [example] = Object.values(inputs);
      const outputs = [
        ...members.flatMap((one) => Object.entries({ ...one.decoded(made), ...one.drawn(made, given) })),
        ...next,
      ];
      return Object.fromEntries(outputs.map(([name, x]) => [name, example ? likeRows(x, example) : x]));
    }),
  };
};

const tensorOf = (tensors: Tensors, name: string): Tensor => {
  const x = tensors[name];
  if (!x) throw new Error(`no ${name}`);
  return x;
};

/** One target of a step. */
interface Member {
  /** The name of what was before, in files and in the step's body. */
  readonly previous: string;
  /** Converts y of a step from the data's units to those that networks see, and back. */
  inward(y: Tensor): Tensor;
  outward(y: Tensor): Tensor;
  /** Returns what the file returns for the parameters that a step gives. */
  decoded(made: Tensors): Tensors;
  /** The noise of one step that a user's own likelihood is drawn from, and its `draw`; none for those of the library. */
  readonly noises: Readonly<Record<string, Shape>>;
  drawn(made: Tensors, noise: Tensors): Tensors;
}

const noisesOf = (members: readonly Member[]): Readonly<Record<string, Shape>> =>
  Object.assign({}, ...members.map(({ noises }) => noises));

/** Converts y of a target that is not standardised: what is below 0 is no y, but may be what the first step begins with, and stays. */
const magnitudes = ({ seen, unseen }: Target): Pick<Member, 'inward' | 'outward'> =>
  seen && unseen
    ? { inward: (y) => add(seen(y), minimum(y, 0)), outward: (x) => add(unseen(relu(x)), minimum(x, 0)) }
    : { inward: (y) => y, outward: (y) => y };

const member = (name: string, whole: Target, several: boolean): Member => {
  const target = stepOf(whole);
  const prefix = several ? `${name}.` : '';
  const parameters = (made: Tensors): Parameters =>
    Object.fromEntries(Object.keys(target.parameters).map((key) => [key, tensorOf(made, `${prefix}${key}`)]));
  // All steps have one standardisation.
  const scale = () => {
    const { mean, deviation } = scaling(name, whole.shape);
    return { mean: at(0)(mean) as Tensor, deviation: at(0)(deviation) as Tensor };
  };
  const named = ({ y, logVar, ...more }: Decoded): Tensors => {
    const own = several ? name : 'y';
    const further = Object.entries({ ...(logVar && { logVar }), ...more });
    return { [own]: y, ...Object.fromEntries(further.map(([key, x]) => [several ? `${name}_${key}` : key, x])) };
  };
  const previous = several ? `previous_${name}` : 'previous';
  const { draws } = target;
  const drawing: Pick<Member, 'noises' | 'drawn'> = {
    noises: Object.fromEntries((draws?.noises ?? []).map((kind) => [kind, target.shape])),
    drawn: (made, { uniform, normal }) =>
      draws ? { draw: draws.value(parameters(made), { ...(uniform && { uniform }), ...(normal && { normal }) }) } : {},
  };
  if (!target.scalable) {
    const decoded = (made: Tensors): Tensors => named(target.mean(parameters(made)));
    return { previous, ...magnitudes(target), decoded, ...drawing };
  }
  return {
    previous,
    ...drawing,
    inward: (y) => {
      const { mean, deviation } = scale();
      return div(sub(y, mean), deviation);
    },
    outward: (y) => {
      const { mean, deviation } = scale();
      return add(mul(y, deviation), mean);
    },
    decoded: (made) => named(inUnits(target, target.mean(parameters(made)), scale())),
  };
};
