import type { Model } from '../dsl/model.ts';
import { formOf as columnOf } from '../data/columns/form.ts';
import { tableName } from '../dsl/column-tables.ts';
import { scalingNames } from '../dsl/scaling.ts';
import type { Target } from '../dsl/target.ts';
import type { Variable } from '../dsl/variables.ts';
import type { OnnxGraph } from '../onnx/graph.ts';
import {
  FORMAT,
  NEWEST,
  type ComponentSignature,
  type Interface,
  type Names,
  type Scaling,
  type Signature,
  type TargetSignature,
  type VariableNames,
} from '../signature.ts';
import { own } from '../values/own.ts';
import { LIBRARY } from '../version.ts';
import type { Weights } from '../weights/weights.ts';

/** A model's description of itself, apart from its files. */
export interface About {
  readonly name: string;
  readonly fingerprint: string;
  readonly opset: number;
  /** The names of classes and elements in the data. */
  readonly names?: Names;
}

/** Returns the signature of a model with these weights, which include the standardisation of its data. */
export function signatureOf(
  { '~kind': kind, condition, target, latent, steps }: Model,
  weights: Weights,
  { name, fingerprint, opset, names = {} }: About,
): Signature {
  const conditions = Object.entries(condition).map(([key, variable]) => {
    const { kind: sort, dataShape, indices, mask, maskOf, knownOf } = variable;
    const shape = indices || maskOf !== undefined ? dataShape : variable.shape;
    const of = knownOf?.target ?? key;
    const scaled = sort === 'continuous' && maskOf === undefined ? scalingOf(of, weights) : undefined;
    return [
      key,
      {
        kind: sort,
        shape,
        dataShape,
        ...calledIn(variable, own(names, of)),
        ...(scaled && { scaling: scaled }),
        ...(mask === true && { mask }),
        ...(maskOf !== undefined && { maskOf }),
        ...(knownOf && maskOf === undefined && { knownOf: of }),
      },
    ];
  });
  return {
    format: steps || Object.values(condition).some(({ indices }) => indices) ? NEWEST : FORMAT,
    library: `${LIBRARY.name} ${LIBRARY.version}`,
    name,
    kind,
    conditions: Object.fromEntries(conditions),
    target: targetOf(target, weights, names),
    latent,
    ...(steps && { steps: steps.count }),
    fingerprint,
    opset,
  };
}

/** Returns the description of a target: of `y`, or of one of several by its name. */
const targetOf = (target: Target, weights: Weights, names: Names, name = 'y'): TargetSignature => {
  const scaling = target.learns ? columnScaling(name, weights) : target.scalable ? scalingOf(name, weights) : undefined;
  const { targets } = target;
  return {
    distribution: target.distribution,
    ...(target.named !== undefined && { named: target.named }),
    ...(target.values && { values: target.values }),
    shape: target.shape,
    dataShape: target.dataShape,
    ...(targets ? {} : calledIn(target, own(names, name))),
    ...(target.image && { image: target.image }),
    ...noiseOf(target, scaling),
    ...(target.per && { per: target.per }),
    ...(target.outputs && { outputs: target.outputs }),
    ...(target.end !== undefined && { end: target.end }),
    ...(target.mask !== undefined && { mask: target.mask }),
    ...(scaling && { scaling }),
    ...(targets && {
      targets: Object.fromEntries(
        Object.entries(targets).map(([key, one]) => [key, targetOf(one, weights, names, key)]),
      ),
    }),
  };
};

/** Returns the fixed numbers of a likelihood, in the data's units, and the likelihood of its components. */
const noiseOf = ({ sigma, scale, settings, of }: Target, scaling: Scaling | undefined) => ({
  ...(sigma !== undefined && { sigma: inUnits(sigma, scaling) }),
  ...(scale !== undefined && { scale: inUnits(scale, scaling) }),
  ...(settings && { settings }),
  ...(of && { of: componentOf(of, scaling) }),
});

const componentOf = (target: Target, scaling: Scaling | undefined): ComponentSignature => ({
  distribution: target.distribution,
  ...noiseOf(target, scaling),
});

/** Returns a variable's classes and the names of its elements: from the definition, else from the data. */
const calledIn = (variable: Variable & { readonly image?: unknown }, names: VariableNames = {}) => {
  const { kind, classes, image } = variable;
  // Pixels have positions but no names.
  const named = kind !== 'image' && image === undefined;
  return {
    ...(classes !== undefined && { classes: typeof classes === 'object' ? classes : (names.classes ?? classes) }),
    ...(named && names.elements && { names: names.elements }),
    ...(named && names.units?.some((unit) => unit !== '') && { units: names.units }),
  };
};

/** Returns how a variable is standardised, or undefined if it is not: mean 0, standard deviation 1. */
const scalingOf = (variable: string, weights: Weights): Scaling | undefined => {
  const names = scalingNames(variable);
  const [mean, deviation] = [weights.get(names.mean)?.data, weights.get(names.deviation)?.data];
  if (!mean || !deviation || (mean.every((m) => m === 0) && deviation.every((d) => d === 1))) return undefined;
  return { mean: [...mean], deviation: [...deviation] };
};

/** Returns the mean and the standard deviation of a variable whose column was learned. */
const columnScaling = (variable: string, weights: Weights): Scaling | undefined => {
  const form = weights.get(tableName(variable, 'form'))?.data;
  return form && { mean: columnOf(form, 'mean'), deviation: columnOf(form, 'deviation') };
};

/** Converts a standard deviation in the network's units to the data's: one number if it is the same for all elements. */
const inUnits = (sigma: number, scaling: Scaling | undefined): number | readonly number[] => {
  const [first = 1, ...rest] = scaling?.deviation ?? [];
  if (rest.every((d) => d === first)) return sigma * first;
  return [first, ...rest].map((d) => sigma * d);
};

/** Returns a graph's inputs and outputs without the batch axis, and which of the `given` inputs it does not take. */
export const interfaceOf = ({ inputs, outputs }: OnnxGraph, given: readonly string[]): Interface => {
  const shapes = (values: OnnxGraph['inputs']) =>
    Object.fromEntries(values.map(({ name, shape }) => [name, shape.slice(1).map(Number)]));
  const taken = shapes(inputs);
  return { inputs: taken, outputs: shapes(outputs), unused: given.filter((name) => !Object.hasOwn(taken, name)) };
};
