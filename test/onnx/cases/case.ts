import { OnnxBuilder, type Value } from '../../../src/onnx/builder.ts';
import type { OnnxGraph, OnnxTensor, ValueInfo } from '../../../src/onnx/graph.ts';
import { infer } from '../../../src/onnx/infer.ts';
import { OPSET } from '../../../src/onnx/schema.ts';

/** One use of an operator: its inputs, and how a graph is written that applies it. */
export interface Case {
  /** What this case is about, where the shapes do not say it. */
  readonly of?: string;
  readonly inputs: readonly OnnxTensor[];
  readonly build: (onnx: OnnxBuilder, ...inputs: readonly Value[]) => Value | readonly Value[];
  readonly opset?: number;
}

/** An input of a case, which must be there. */
export const at = (values: readonly Value[], index: number): Value => {
  const value = values[index];
  if (!value) throw new Error(`the case has no input ${index}`);
  return value;
};

/** A case's graph, its inputs named a, b, …, and of their own shapes unless others are given. */
export const graphOf = (
  { inputs, build, opset = OPSET }: Case,
  shapes: readonly ValueInfo['shape'][] = inputs.map(({ shape }) => shape),
): OnnxGraph => {
  const onnx = new OnnxBuilder('case', { opset });
  const values = inputs.map(({ dtype }, i) => onnx.input(nameOf(i), dtype, shapes[i] ?? []));
  const result = build(onnx, ...values);
  const results = 'name' in result ? [result] : result;
  const types = infer(onnx.graph(), opset);
  results.forEach((value, i) => {
    const type = types.get(value.name);
    if (!type) throw new Error(`no type for ${value.name}`);
    onnx.output(`y${i}`, value, type.dtype, type.shape);
  });
  return onnx.graph();
};

/** The name of a case's input. */
export const nameOf = (index: number): string => String.fromCharCode(97 + index);

/** A case's inputs by name. */
export const feedsOf = ({ inputs }: Case): Record<string, OnnxTensor> =>
  Object.fromEntries(inputs.map((tensor, i) => [nameOf(i), tensor]));
