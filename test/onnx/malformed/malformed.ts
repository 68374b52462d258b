import type { DType } from '../../../src/onnx/dtype.ts';
import { infer } from '../../../src/onnx/infer.ts';
import type { AttributeValue, OnnxGraph, OnnxTensor } from '../../../src/onnx/graph.ts';
import { InvalidGraph } from '../../../src/errors.ts';
import { OPSET, type Operator } from '../../../src/onnx/schema.ts';
import { tensorOf } from '../../../src/onnx/tensor.ts';
import { noise } from '../ort.ts';

/** One use of an operator that it does not take, though every input is of a type that it does. */
export interface Malformed {
  readonly of: string;
  /** The inputs; one that is left out is undefined. */
  readonly inputs: readonly (OnnxTensor | undefined)[];
  readonly attributes?: Attributes;
  /** How many outputs the node has; one where it is left out. */
  readonly outputs?: number;
  readonly opset?: number;
  /** What the refusal says after `node: `. */
  readonly says: RegExp;
  /** What onnxruntime does, where it does not refuse it too: take it, for a reason, end the process, or never come back. */
  readonly ort?: { readonly takes: string; readonly when?: 'told' | 'untold' } | 'crashes' | 'hangs';
  /** Whether it shows only when the numbers are there, and not the shapes alone. */
  readonly late?: true;
}

/** The attributes of a node. */
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** A use of an operator that is named, in one line. */
export const use = (
  name: string,
  inputs: Malformed['inputs'],
  says: RegExp,
  attributes: Attributes = {},
  more: Partial<Malformed> = {},
): Malformed => ({ of: name, inputs, says, attributes, ...more });

/** Numbers of a shape. */
export const of = (...shape: readonly number[]): OnnxTensor => noise(shape);

/** Whole numbers in a row. */
export const ints = (...numbers: readonly number[]): OnnxTensor => tensorOf('int64', [numbers.length], numbers);

/** Whole numbers of a shape. */
export const whole = (dtype: DType, ...shape: readonly number[]): OnnxTensor => noise(shape, 1, dtype);

/** One whole number. */
export const int = (value: number): OnnxTensor => tensorOf('int64', [], [value]);

/** Numbers in a row. */
export const floats = (...numbers: readonly number[]): OnnxTensor => tensorOf('float32', [numbers.length], numbers);

/** One number. */
export const float = (value: number): OnnxTensor => tensorOf('float32', [], [value]);

const nameOf = (index: number): string => String.fromCharCode(97 + index);

/** A graph of the node alone. Inputs from `constants` on are initializers; the lengths of others are known or not. */
export const graphOf = (
  op: Operator,
  { inputs, attributes = {}, outputs = 1, opset = OPSET }: Malformed,
  { constants, told }: { readonly constants: number; readonly told: boolean },
): OnnxGraph => {
  const given = inputs.flatMap((tensor, i) => (tensor ? [{ name: nameOf(i), tensor, i }] : []));
  const names = Array.from({ length: outputs }, (_, i) => `y${i}`);
  const graph = {
    name: 'g',
    inputs: given
      .filter(({ i }) => i < constants)
      .map(({ name, tensor: { dtype, shape } }) => ({
        name,
        dtype,
        // How many axes, lengths and the like there are must be known, or the rank of what comes out would not be.
        shape: told || (dtype === 'int64' && shape.length === 1) ? shape : shape.map(() => '?'),
      })),
    nodes: [
      { name: 'node', op, inputs: inputs.map((tensor, i) => (tensor ? nameOf(i) : '')), outputs: names, attributes },
    ],
    initializers: new Map(given.filter(({ i }) => i >= constants).map(({ name, tensor }) => [name, tensor])),
    outputs: [],
  };
  const types = typesOf(graph, opset);
  const [first] = given;
  const { dtype = 'float32', shape = [] } = first?.tensor ?? {};
  return {
    ...graph,
    // What cannot be inferred is refused before it is compared.
    outputs: names.map((name) => ({ name, ...(types?.get(name) ?? { dtype, shape: shape.map(() => '?') }) })),
  };
};

const typesOf = (graph: OnnxGraph, opset: number): ReturnType<typeof infer> | undefined => {
  try {
    return infer(graph, opset);
  } catch (error) {
    if (error instanceof InvalidGraph) return undefined;
    throw error;
  }
};

/** The inputs of a graph that are not among its initializers. */
export const feedsOf = ({ inputs }: Malformed, constants: number): Record<string, OnnxTensor> =>
  Object.fromEntries(inputs.flatMap((tensor, i) => (tensor && i < constants ? [[nameOf(i), tensor]] : [])));
