import { digitsBefore, unitsOf } from '../distance.ts';
import { evaluate } from '../onnx/evaluate.ts';
import type { OnnxGraph, OnnxNode } from '../onnx/graph.ts';
import { numbersOf, tensorOf } from '../onnx/tensor.ts';
import type { Example, Label, Scaling } from '../signature.ts';
import type { Cost } from './cost.ts';
import type { Values } from './engine.ts';
import { isSteady } from './draw-stability.ts';
import { realisticInputs } from './realistic-inputs.ts';

/** The cost of computing a graph, and the callback for its progress, from 0 to 1. */
export interface ExampleProgress {
  readonly cost: Cost;
  readonly onDone: (done: number) => void;
}

/**
 * Computes the example with which a file can be tested where it runs: realistic inputs of one row, with three digits, and the
 * outputs that the reference computes for them, with six; with more if the data's mean is large compared with their standard
 * deviation. The same file always has the same example.
 */
export const exampleOf = (graph: OnnxGraph, label: Label, { cost, onDone }: ExampleProgress): Example => {
  const { conditions, target } = label;
  const drawn = Object.entries(rowOf(graph, label)).map(([name, { data, shape }]) => {
    const scaling = unitsOf(name, target) ?? conditions[name]?.scaling;
    return [name, { shape, values: Array.from(data, rounded(digitsFor(3, scaling))) }] as const;
  });
  const given = drawn.map(([name, { shape, values }]) => [name, tensorOf('float32', shape, values)] as const);
  const digits = Math.max(
    ...[target, ...Object.values(target.targets ?? {})].map(({ scaling }) => digitsFor(6, scaling)),
  );
  let done = 0;
  const onNode = (node: OnnxNode): void => onDone((done += cost.of(node) / cost.operations));
  const outputs = Object.entries(evaluate(graph, Object.fromEntries(given), { onNode })).map(
    ([name, tensor]) => [name, Array.from(numbersOf(tensor), rounded(digits))] as const,
  );
  return {
    inputs: Object.fromEntries(drawn.map(([name, { values }]) => [name, values])),
    outputs: Object.fromEntries(outputs),
    ...(digits !== 6 && { digits }),
  };
};

/** How many rows are tried for one that has no draw close to an edge. */
const TRIED = 32;

/** Returns a row of realistic inputs: of a file that draws, one whose draws are the same wherever they are computed. */
const rowOf = (graph: OnnxGraph, label: Label): Values => {
  const { part, opset, target } = label;
  if (part !== 'draw') return realisticInputs(label, label, 1);
  const rows = realisticInputs(label, label, TRIED);
  const row = (at: number): Values =>
    Object.fromEntries(
      Object.entries(rows).map(([name, { data, shape }]) => {
        const length = data.length / TRIED;
        return [name, { data: data.slice(at * length, (at + 1) * length).map(rounded(3)), shape: shape.with(0, 1) }];
      }),
    );
  const steady = Array.from({ length: TRIED }, (_, at) => row(at)).find((one) => isSteady(graph, opset, one, target));
  return steady ?? row(0);
};

/** Returns the digits to keep; float32 has no more than nine. */
const digitsFor = (own: number, scaling: Scaling | undefined): number =>
  Math.min(9, own + (scaling ? digitsBefore(scaling) : 0));

const rounded =
  (digits: number) =>
  (value: number): number =>
    Number(value.toPrecision(digits));
