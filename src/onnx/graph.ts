import type { Arrays, DType } from './dtype.ts';

/**
 * What a file's message says besides, by the names of ONNX's format, such as a node's `docString`, and which of several forms it
 * has. `decode` keeps it, so that `encode` writes what was read; nothing else looks at it. Leave it out of what you change so
 * that it is no longer true.
 */
export type Kept = Readonly<Record<string, unknown>>;

/** Numbers with a type and a shape, in row-major order; a type `D` of its own where it is known. */
export type OnnxTensor<D extends DType = DType> = {
  readonly [T in D]: {
    readonly dtype: T;
    readonly shape: readonly number[];
    readonly data: Arrays[T];
    readonly kept?: Kept;
  };
}[D];

/** A dimension: its length, a symbol (`N`, or a product or sum of symbols such as `4*N`), or `?` where nothing is known. */
export type Dim = number | string;

/** What is known of a value before it exists: its type, and a shape that may hold symbols. */
export interface ValueType {
  readonly dtype: DType;
  readonly shape: readonly Dim[];
}

/** An input or an output of a graph. */
export interface ValueInfo extends ValueType {
  readonly name: string;
  readonly kept?: Kept;
}

/** An attribute of a node. Whether a number is ONNX's int or float is the schema's to say, not the value's. */
export type AttributeValue = number | string | readonly number[] | readonly string[] | OnnxTensor | OnnxGraph;

/** What a node means to us beyond ONNX: it is printed as a comment and not encoded. */
export type Flag = 'stopGradient';

/** One operator applied to values that are known by their names. */
export interface OnnxNode {
  /** Unique in the model, and what messages and profiles call it: `decoder/dense_2/Gemm`. */
  readonly name: string;
  /** ONNX's name of the operator; one of another domain than ONNX's own is written `domain.Name`. */
  readonly op: string;
  /** Names of values; an optional input that is left out is the empty string. */
  readonly inputs: readonly string[];
  /** Names of values; an optional output that nobody wants is the empty string. */
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  readonly flag?: Flag;
  readonly kept?: Kept;
}

/** Nodes in an order in which they can be computed, with what goes in, what comes out and the constants. */
export interface OnnxGraph {
  readonly name: string;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly nodes: readonly OnnxNode[];
  readonly initializers: ReadonlyMap<string, OnnxTensor>;
  readonly kept?: Kept;
}

/** A graph as a file holds it: with the versions it is written for and what it says of itself. */
export interface OnnxModel {
  readonly graph: OnnxGraph;
  /** The version of ONNX's own operators. */
  readonly opset: number;
  /** The versions of the operators of other domains, by domain, where there are any. */
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

/** The graphs that a node holds (the body of a Loop, the branches of an If). */
export const subgraphs = (node: OnnxNode): readonly OnnxGraph[] => Object.values(node.attributes).filter(isGraph);

/** A node with every value renamed, also where the graphs it holds use them. */
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
