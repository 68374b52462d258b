import { show, size, type Shape } from '../shape/shape.ts';
import type { Graph, Step } from './graph.ts';

/** An op's attributes as text: ` units=200`, or nothing. */
const attributes = (attrs: object): string =>
  Object.entries(attrs)
    .map(([key, value]) => ` ${key}=${typeof value === 'string' ? value : written(value)}`)
    .join('');

const written = (value: unknown): string => (Array.isArray(value) ? show(value) : JSON.stringify(value));

/** Whose parameters a step uses: ` with decoder/dense_2`, or nothing. */
const owner = ({ params }: Step, name: (id: number) => string): string => {
  const [first] = Object.entries(params);
  return first ? ` with ${name(first[1]).slice(0, -first[0].length - 1)}` : '';
};

/** A count as people read it: `1,234,567`. */
const counted = (n: number): string => n.toString().replace(/\B(?=(\d{3})+$)/g, ',');

/** The number of values in parameters of these shapes. */
export const countOf = (params: readonly { readonly shape: Shape }[]): number =>
  params.reduce((count, { shape }) => count + size(shape), 0);

/**
 * A graph as text, one step a line, then its parameters. Equal texts compute the same function of the same parameters: it is
 * what tests compare, `inspect` shows and a model's fingerprint is taken of.
 *
 *     decoder (z: [20], digit: [10])
 *       %0: [30] = concat(z, digit)
 *       %1: [784] = dense(%0) units=784 with decoder/dense_1
 *       -> y = %1
 *       decoder/dense_1/kernel: [30, 784] 23,520
 */
export function print(graph: Graph): string {
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
    ...graph.params.map(
      ({ name: param, shape, trainable }) =>
        `  ${param}: ${show(shape)} ${counted(size(shape))}${trainable ? '' : ' untrained'}`,
    ),
  ].join('\n');
}

/** `12,345 parameters`, and how many of them are not trained. */
export const summary = (params: readonly { readonly shape: Shape; readonly trainable: boolean }[]): string => {
  const untrained = countOf(params.filter((p) => !p.trainable));
  return `${counted(countOf(params))} parameters${untrained > 0 ? `, ${counted(untrained)} of them not trained` : ''}`;
};
