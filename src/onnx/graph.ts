import type { Arrays, DType } from './dtype.ts';

/**
 * Additional fields of a file's message, by their names in ONNX's format, such as a node's `docString`, and the
 * encoding it used if there are several. `decode` keeps them, so that `encode` writes what was read; nothing else reads
 * them. Omit them from an object that you change so that they no longer apply.
 */
export type Kept = Readonly<Record<string, unknown>>;

/** Numbers with a type and a shape, in row-major order; `D` is the element type if it is known. */
export type OnnxTensor<D extends DType = DType> = {
  readonly [T in D]: {
    readonly dtype: T;
    readonly shape: readonly number[];
    readonly data: Arrays[T];
    readonly kept?: Kept;
  };
}[D];

/**
 * A dimension: its length, a symbol (`N`, or a product or sum of symbols such as `4*N`), or `?` if nothing is known.
 */
export type Dim = number | string;

/** The type of a value, known before it is computed: its element type, and a shape that may contain symbols. */
export interface ValueType {
  readonly dtype: DType;
  readonly shape: readonly Dim[];
}

/** An input or an output of a graph. */
export interface ValueInfo extends ValueType {
  readonly name: string;
  readonly kept?: Kept;
}

/** An attribute of a node. The schema, not the value, determines whether a number is ONNX's int or float. */
export type AttributeValue = number | string | readonly number[] | readonly string[] | OnnxTensor | OnnxGraph;

/** A meaning of a node beyond ONNX: it is printed as a comment and not encoded. */
export type Flag = 'stopGradient';

/** One operator applied to values, which are referred to by name. */
export interface OnnxNode {
  /** Unique in the model; used in messages and profiles: `decoder/dense_2/Gemm`. */
  readonly name: string;
  /** ONNX's name of the operator; one of another domain is written `domain.Name`. */
  readonly op: string;
  /** Names of values; an omitted optional input is the empty string. */
  readonly inputs: readonly string[];
  /** Names of values; an unused optional output is the empty string. */
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  readonly flag?: Flag;
  readonly kept?: Kept;
}

/** Nodes in an order in which they can be computed, with inputs, outputs and constants. */
export interface OnnxGraph {
  readonly name: string;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly nodes: readonly OnnxNode[];
  readonly initializers: ReadonlyMap<string, OnnxTensor>;
  readonly kept?: Kept;
}

/** A graph as stored in a file, with its versions and metadata. */
export interface OnnxModel {
  readonly graph: OnnxGraph;
  /** The version of ONNX's own operators. */
  readonly opset: number;
  /** The versions of the operators of other domains, by domain, if there are any. */
  readonly domains?: Readonly<Record<string, number>>;
  /** The version of the file format. */
  readonly irVersion: number;
  /** The file's `metadata_props`. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly producer: { readonly name: string; readonly version: string };
  readonly doc?: string;
  readonly kept?: Kept;
}

/** Whether an attribute's value is a graph. */
export const isGraph = (value: AttributeValue | undefined): value is OnnxGraph =>
  typeof value === 'object' && value !== null && 'nodes' in value;

/** Whether an attribute's value is a tensor. */
export const isTensor = (value: AttributeValue | undefined): value is OnnxTensor =>
  typeof value === 'object' && value !== null && 'dtype' in value;

/** Returns the graphs inside a node (the body of a Loop, the branches of an If). */
export const subgraphs = (node: OnnxNode): readonly OnnxGraph[] => Object.values(node.attributes).filter(isGraph);

/** Returns a node with every value renamed, including in its nested graphs. */
export const renamed = (node: OnnxNode, rename: (name: string) => string): OnnxNode => ({
  ...node,
  inputs: node.inputs.map(rename),
  outputs: node.outputs.map(rename),
  attributes: Object.fromEntries(
    Object.entries(node.attributes).map(([key, value]) => [key, isGraph(value) ? renamedGraph(value, rename) : value]),
  ),
});

const renamedGraph = (graph: OnnxGraph, rename: (name: string) => string): OnnxGraph => {
  const info = (value: ValueInfo): ValueInfo => ({ ...value, name: rename(value.name) });
  return {
    ...graph,
    inputs: graph.inputs.map(info),
    outputs: graph.outputs.map(info),
    nodes: graph.nodes.map((node) => renamed(node, rename)),
    initializers: new Map([...graph.initializers].map(([name, value]) => [rename(name), value])),
  };
};
