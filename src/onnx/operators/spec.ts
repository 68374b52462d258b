import type { DType } from '../dtype.ts';
import type { OnnxGraph, OnnxTensor } from '../graph.ts';

/** The type of the value for each type of attribute. ONNX distinguishes int and float; here both are numbers. */
export interface AttributeValues {
  int: number;
  float: number;
  string: string;
  ints: readonly number[];
  floats: readonly number[];
  tensor: OnnxTensor;
  graph: OnnxGraph;
}

/** A type of attribute. */
export type AttributeType = keyof AttributeValues;

/** The opsets in which something exists: from `since` to `until`, inclusive; either end is open if omitted. */
export interface Span {
  readonly since?: number;
  readonly until?: number;
}

/** An attribute of an operator. */
export interface AttributeSpec<T extends AttributeType = AttributeType> extends Span {
  readonly type: T;
  readonly required?: boolean;
  /** The value used if it is omitted, if there is a single such value. */
  readonly default?: AttributeValues[T];
  /** The accepted values, if not all are: those that every provider of onnxruntime computes alike. */
  readonly only?: readonly AttributeValues[T][];
}

/** A required attribute. */
export interface RequiredAttribute<T extends AttributeType> extends AttributeSpec<T> {
  readonly required: true;
}

/**
 * An input or output: `T` is a type variable of the operator or an element type; `T?` may be omitted; `T*` is any
 * number of values at the end (at least one); `...*` is any number of values, each with its own type.
 */
export type Slot = string | (Span & { readonly slot: string });

/** One ONNX operator: its inputs, outputs and attributes, and where it runs. */
export interface OperatorSpec extends Span {
  readonly inputs: Readonly<Record<string, Slot>>;
  readonly outputs: Readonly<Record<string, Slot>>;
  /**
   * The element types that each type variable may stand for: those for which onnxruntime's CPU provider has a kernel.
   */
  readonly types: Readonly<Record<string, readonly DType[]>>;
  readonly attributes: Readonly<Record<string, AttributeSpec>>;
  /** The highest opset at which onnxruntime 1.30's WebGPU provider has a kernel; 0 if none is known. */
  readonly webgpu: number;
}

type Options<T extends AttributeType> = Span & Pick<AttributeSpec<T>, 'only'>;

/** Returns an optional attribute, with a default if given. */
export const optional = <T extends AttributeType>(
  type: T,
  value?: AttributeValues[T],
  options: Options<T> = {},
): AttributeSpec<T> => ({ type, ...(value === undefined ? {} : { default: value }), ...options });

/** Returns a required attribute. */
export const required = <T extends AttributeType>(type: T): RequiredAttribute<T> => ({ type, required: true });

/** Returns an attribute that is a flag, 0 or 1. */
export const flag = (value: 0 | 1, span: Span = {}): AttributeSpec<'int'> =>
  optional('int', value, { ...span, only: [0, 1] });

/** Returns an attribute that is one of several words, the first of which is the default. */
export const oneOf = (words: readonly [string, ...string[]], span: Span = {}): AttributeSpec<'string'> =>
  optional('string', words[0], { ...span, only: words });

export const FLOAT: readonly DType[] = ['float32', 'float64', 'float16'];
export const NUMBER: readonly DType[] = [...FLOAT, 'int32', 'int64'];
export const ALL: readonly DType[] = [...NUMBER, 'int8', 'uint8', 'bool'];
export const INDEX: readonly DType[] = ['int32', 'int64'];

/** The types of kernels that the CPU provider has no float64 versions of. */
export const SINGLE: readonly DType[] = ['float32', 'float16'];

/** Padding is always written out: `auto_pad` produces wrong numbers on some providers. */
export const auto_pad = oneOf(['NOTSET']);
