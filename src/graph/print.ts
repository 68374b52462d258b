import type { Shape } from '../shape/shape.ts';
import { show } from '../shape/show.ts';
import { size } from '../shape/size.ts';
import { repeatedBy, valuesOf, type Graph, type Step } from './graph.ts';
import { computed } from './identity.ts';
import { applicationOf } from './repeated.ts';

/** An op's attributes as text: ` units=200`, or nothing. */
const attributes = (attrs: object): string =>
  Object.entries(attrs)
    // A graph that is repeated is printed below.
    .filter(([key, value]) => !(key === 'graph' && typeof value === 'function'))
    .map(([key, value]) => ` ${key}=${typeof value === 'string' ? value : written(value)}`)
    .join('');

const written = (value: unknown): string => {
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  return Array.isArray(value) ? show(value) : JSON.stringify(value);
};

/** Returns the owner of a step's parameters: ` with decoder/dense_2`, or nothing. */
const owner = ({ params }: Step, name: (id: number) => string): string => {
  const [first] = Object.entries(params);
  // A graph that is repeated has parameters of several owners, whose names it says itself.
  const whose = first && name(first[1]).slice(0, -first[0].length - 1);
  return whose ? ` with ${whose}` : '';
};

/** Returns a count with thousands separators: `1,234,567`. */
const counted = (n: number): string => n.toString().replace(/\B(?=(\d{3})+$)/g, ',');

/** Returns the number of values in parameters of these shapes. */
export const countOf = (params: readonly { readonly shape: Shape }[]): number =>
  params.reduce((count, { shape }) => count + size(shape), 0);

/** Options for printing a graph. */
export interface PrintOptions {
  /** If false, omits the computations of custom ops, as this package did before version 0.2. */
  readonly own?: boolean;
}

/** The same, and whether parameters are listed: those of a graph that is repeated are in the list of the whole. */
interface Printing extends PrintOptions {
  readonly listed?: boolean;
}

/**
 * Prints a graph as text, one step a line, then its parameters, then the ONNX that custom ops write. Graphs with equal
 * texts compute the same function of the same parameters: tests compare this text, `inspect` shows it, and a model's
 * fingerprint hashes it.
 *
 *     decoder (z: [20], digit: [10])
 *       %0: [30] = concat(z, digit)
 *       %1: [784] = dense(%0) units=784 with decoder/dense_1
 *       -> y = %1
 *       decoder/dense_1/kernel: [30, 784] 23,520
 */
export function print(graph: Graph, { own = true, listed = true }: Printing = {}): string {
  const names = new Map<number, string>();
  for (const { id, name } of graph.inputs) names.set(id, name);
  for (const { id, name } of graph.params) names.set(id, name);
  for (const { id, data } of graph.constants)
    names.set(id, data.every((v) => v === data[0]) ? String(data[0]) : `{${data.join(', ')}}`);
  for (const [index, { id }] of graph.steps.entries()) names.set(id, `%${index}`);
  const name = (id: number) => names.get(id) ?? '?';
  const inputs = graph.inputs.map(
    (i) => `${i.name}: ${show(i.shape)}${i.role === 'batch' ? '' : ` ${i.noise ?? i.role}`}`,
  );
  const results = Object.entries(graph.outputs).map(([output, id]) => `${output} = ${name(id)}`);
  return [
    `${graph.name} (${inputs.join(', ')})`,
    ...graph.steps.map(
      (s) =>
        `  ${name(s.id)}: ${show(s.shape)} = ${s.op.name}(${s.inputs.map(name).join(', ')})${attributes(s.attrs)}${owner(s, name)}`,
    ),
    `  -> ${results.join(', ')}`,
    ...(listed ? graph.params : []).map(
      ({ name: param, shape, trainable }) =>
        `  ${param}: ${show(shape)} ${counted(size(shape))}${trainable ? '' : ' untrained'}`,
    ),
    ...(own ? ownOps(graph) : []),
    ...graph.steps.flatMap((step) => {
      const inner = repeatedBy(step);
      return inner
        ? print({ ...inner, name: `each step of ${step.name}` }, { own, listed: false })
            .split('\n')
            .map((line) => `  ${line}`)
        : [];
    }),
  ].join('\n');
}

/** Returns the computation of each custom op, in each of its applications. */
const ownOps = (graph: Graph): readonly string[] => {
  const steps = graph.steps.filter(({ op }) => !op['~library']);
  if (steps.length === 0) return [];
  const values = valuesOf(graph);
  const texts = steps.map((step) => {
    const text = computed(applicationOf(step, values));
    return `  ${step.op.name} is ${text?.trimEnd().replaceAll('\n', '\n  ') ?? 'an op that no ONNX could be written for'}`;
  });
  return [...new Set(texts)];
};

/** Returns `12,345 parameters`, and the number of those that are not trained. */
export const summary = (params: readonly { readonly shape: Shape; readonly trainable: boolean }[]): string => {
  const untrained = countOf(params.filter((p) => !p.trainable));
  return `${counted(countOf(params))} parameters${untrained > 0 ? `, ${counted(untrained)} of them not trained` : ''}`;
};
