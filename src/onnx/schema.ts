import type { Definition } from './operators/definition.ts';
import { DEFINITIONS } from './operators/table.ts';
import type { AttributeSpec, AttributeValues, OperatorSpec, RequiredAttribute, Slot, Span } from './operators/spec.ts';

export type { AttributeSpec, AttributeType, AttributeValues, OperatorSpec, Span } from './operators/spec.ts';

/** What a definition has beyond what ONNX declares of an operator. */
const UNDECLARED: readonly string[] = ['infer', 'evaluate', 'operations', 'exact'] satisfies (keyof Omit<
  Definition,
  keyof OperatorSpec
>)[];

/**
 * Every operator in use, as defined at opsets 13 to 26; builder, printer, parser, encoder, checker and reference all
 * rely on this table. onnxruntime's CPU and WASM providers have a kernel for each of them at each of these opsets; its
 * WebGPU provider has one up to the opset in the field `webgpu`, and computes the others on the CPU, with copies. (From
 * opset 22 on it lacks ConvTranspose, MaxPool, GlobalAveragePool, Elu, Sin, Cos, GRU and LSTM, from 24 Pad, from 25 Conv,
 * BatchNormalization, AveragePool, Transpose and Squeeze; it never has And, Or, Sign, OneHot, ScatterElements,
 * ConstantOfShape, Loop and Scan.)
 */
export const OPERATORS = Object.fromEntries(
  Object.entries<Definition>(DEFINITIONS).map(([op, definition]) => [
    op,
    Object.fromEntries(Object.entries(definition).filter(([key]) => !UNDECLARED.includes(key))),
  ]),
  // The keys of the table of definitions, each with what is declared there.
) as { readonly [O in Operator]: Omit<Table[O], keyof Omit<Definition, keyof OperatorSpec>> };

type Table = typeof DEFINITIONS;

/** The name of an operator in use; a `Record<Operator, …>` must cover all of them. */
export type Operator = keyof Table;

type RequiredValues<A> = {
  readonly [K in keyof A as A[K] extends RequiredAttribute<infer _T> ? K : never]: Value<A[K]>;
};
type Optional<A> = { readonly [K in keyof A as A[K] extends RequiredAttribute<infer _T> ? never : K]?: Value<A[K]> };
type Value<A> = A extends AttributeSpec<infer T> ? AttributeValues[T] : never;

/** The attributes of an operator, over all opsets. */
export type Attributes<O extends Operator> = RequiredValues<Table[O]['attributes']> & Optional<Table[O]['attributes']>;

/** Whether an operator of this name is in the table. */
export const isOperator = (op: string): op is Operator => Object.hasOwn(OPERATORS, op);

/** Returns the table's entry for an operator, or undefined if it is not in the table. */
export const specOf = (op: string): OperatorSpec | undefined => (isOperator(op) ? OPERATORS[op] : undefined);

/** Whether something exists at an opset. */
export const within = ({ since = 0, until = Infinity }: Span, opset: number): boolean =>
  since <= opset && opset <= until;

/** Whether every provider of onnxruntime has a kernel for an operator at an opset: CPU, WASM and WebGPU. */
export const runsEverywhere = (op: Operator, opset: number): boolean => {
  const spec: OperatorSpec = OPERATORS[op];
  return within(spec, opset) && opset <= spec.webgpu;
};

/** One input or output of an operator. */
export interface Parameter {
  readonly name: string;
  /** A type variable of the operator, an element type, or `...`: any type. */
  readonly type: string;
  readonly kind: 'single' | 'optional' | 'variadic';
}

/** The inputs or the outputs of an operator at an opset, in order. */
export const parametersOf = (slots: Readonly<Record<string, Slot>>, opset: number): readonly Parameter[] => {
  const known = PARAMETERS.get(slots) ?? new Map<number, readonly Parameter[]>();
  const parameters = known.get(opset) ?? read(slots, opset);
  PARAMETERS.set(slots, known.set(opset, parameters));
  return parameters;
};

/** Entries of the table that have been read: each node of a graph queries it twice. */
const PARAMETERS = new WeakMap<Readonly<Record<string, Slot>>, Map<number, readonly Parameter[]>>();

const read = (slots: Readonly<Record<string, Slot>>, opset: number): readonly Parameter[] =>
  Object.entries(slots).flatMap(([name, given]): Parameter[] => {
    if (typeof given !== 'string' && !within(given, opset)) return [];
    const slot = typeof given === 'string' ? given : given.slot;
    if (slot.endsWith('?')) return [{ name, type: slot.slice(0, -1), kind: 'optional' }];
    if (slot.endsWith('*')) return [{ name, type: slot.slice(0, -1), kind: 'variadic' }];
    return [{ name, type: slot, kind: 'single' }];
  });

/** The lowest supported opset. */
export const OPSET_MIN = 13;
/** The highest opset that onnxruntime 1.30 loads. */
export const OPSET_MAX = 26;
/** The highest version of the file format that onnxruntime 1.30 loads. */
export const IR_MAX = 13;

/** The default opset for export. */
export const OPSET = 18;

/** The version of the file format that ONNX released together with an opset (`onnx.helper.VERSION_TABLE`). */
export const irVersionOf = (opset: number): number => {
  if (opset <= 14) return 7;
  if (opset <= 18) return 8;
  if (opset <= 20) return 9;
  if (opset <= 22) return 10;
  return Math.min(opset - 12, 13);
};

/**
 * Returns the minimum number of inputs that a node of an operator lists: up to the last required one, all before a
 * variadic one.
 */
export const fewest = (parameters: readonly Parameter[]): number => {
  const last = parameters.at(-1);
  if (last?.kind === 'variadic') return parameters.length - (last.type === '...' ? 1 : 0);
  return parameters.findLastIndex(({ kind }) => kind === 'single') + 1;
};
