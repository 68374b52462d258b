import { size } from '../shape/size.ts';
import { InvalidGraph } from '../errors.ts';
import type { OnnxNode } from '../onnx/graph.ts';
import type { Expr } from './code/expression.ts';
import type { Code, Local } from './code/function.ts';
import type { ModuleBuilder } from './code/module.ts';
import type { Length } from './length.ts';
import type { Bytes } from './plan.ts';
import type { Constant, Stored } from './weights.ts';

/** A value while code is made: its lengths, its address in bytes, and its numbers if they are constant. */
export interface Tensor {
  readonly dims: readonly Length[];
  /** Whether it holds whole numbers or truths, which are stored as numbers. */
  readonly isWhole: boolean;
  readonly at: Expr<'i32'>;
  readonly constant?: Constant;
}

/** What an operator writes its code with. */
export interface Context {
  /** With the defaults of its attributes. */
  readonly node: OnnxNode;
  readonly module: ModuleBuilder;
  readonly code: Code;
  /** The number of rows of the batch. */
  readonly rows: Local<'i32'>;
  /** Returns an input that the node has. */
  input(index: number): Tensor;
  has(index: number): boolean;
  /** Returns the numbers of an input that must be constant. @throws InvalidGraph if it is not. */
  numbers(index: number): readonly number[];
  output(index?: number): Tensor;
  isUsed(output: number): boolean;
  /** Returns room for numbers until the node's code ends. */
  scratch(bytes: Bytes): Expr<'i32'>;
  /** Returns the address of constants; of int8, with the scale of each number. */
  place(numbers: Float32Array, stored: Stored, scales?: Float32Array): number;
}

/** A function of the elements at one place, four places at a time. */
export type Vectors = (
  given: { readonly node: OnnxNode; readonly code: Code; readonly module: ModuleBuilder; readonly isWhole: boolean },
  ...x: readonly Expr<'v128'>[]
) => Expr<'v128'>;

/** How an operator becomes code. */
export type Lowering =
  | { readonly kind: 'elements'; readonly vectors: Vectors }
  /** Its output is its first input, in another shape. */
  | { readonly kind: 'view' }
  | {
      readonly kind: 'kernel';
      /** The inputs that are read while it runs; the others must be constant, or follow from the output's shape. All by default. */
      readonly reads?: readonly number[];
      emit(context: Context): void;
    };

/** Throws for what an operator's kernel cannot do. */
export const unable = ({ name, op }: OnnxNode, expected: string, got: string): never => {
  throw new InvalidGraph(
    `${name}: expected a ${op} ${expected} for WebAssembly, got ${got}; export it without the target wasm`,
  );
};

/** Returns lengths that must be numbers. @throws InvalidGraph for a batch. */
export const fixed = (node: OnnxNode, dims: readonly Length[]): readonly number[] =>
  dims.map(({ scale, batched }) => (batched ? unable(node, 'whose batch is its first axis', 'another') : scale));

/** Returns the number of elements as bytes. */
export const bytesOf = (dims: readonly Length[]): Bytes => {
  const bytes = 4 * size(dims.map(({ scale }) => scale));
  return dims.some(({ batched }) => batched) ? { fixed: 0, perRow: bytes } : { fixed: bytes, perRow: 0 };
};
