import { ELEMENT, type DType } from './dtype.ts';
import type { OnnxGraph, OnnxTensor } from './graph.ts';
import type { Attributes, Operator } from './schema.ts';
import { GraphWriter, type Value } from './writer.ts';

export type { Result, Value } from './writer.ts';

/** A value, or a number as a float32 scalar. */
export type Operand = Value | number;

/** A value of type int64, or whole numbers as a constant vector. */
export type Ints = Value | readonly number[];

/** The attributes of a reduction other than its axes. */
export interface Reduction {
  /** Whether reduced axes are kept, with length 1 (they are unless it is 0). */
  readonly keepdims?: 0 | 1;
}

/** The inputs of a recurrent network of D directions, G gates and H units. */
export interface RecurrentInputs {
  /** Of shape [T, N, C], time first. */
  readonly x: Value;
  /** Of shape [D, G·H, C]. */
  readonly w: Value;
  /** Of shape [D, G·H, H]. */
  readonly r: Value;
  /** Of shape [D, 2·G·H]: that of the inputs, then that of the state. */
  readonly b?: Value;
  /** The number of steps of each example, [N], int32. */
  readonly lengths?: Value;
  /** The first hidden state, [D, N, H]. */
  readonly h?: Value;
}

const recurrentInputs = ({ x, w, r, b, lengths, h }: RecurrentInputs) => [x, w, r, b, lengths, h];

type Methods = { readonly [O in Operator]: (...args: never[]) => Value | readonly Value[] };

/**
 * Builds an ONNX graph; passed to an op's `lower`. It has one method for each ONNX operator in use, named after the
 * operator, which adds a node and returns its value, or its values if there can be several. Inputs that ONNX takes as
 * small int64 tensors (shapes, axes, pads) may be given as plain numbers.
 */
export class OnnxBuilder extends GraphWriter implements Methods {
  // Elementwise
  Add = (a: Operand, b: Operand): Value => this.#one('Add', [this.#of(a), this.#of(b)]);
  Sub = (a: Operand, b: Operand): Value => this.#one('Sub', [this.#of(a), this.#of(b)]);
  Mul = (a: Operand, b: Operand): Value => this.#one('Mul', [this.#of(a), this.#of(b)]);
  Div = (a: Operand, b: Operand): Value => this.#one('Div', [this.#of(a), this.#of(b)]);
  Pow = (x: Operand, y: Operand): Value => this.#one('Pow', [this.#of(x), this.#of(y)]);
  Max = (...xs: readonly Operand[]): Value => this.#one('Max', xs.map(this.#of));
  Min = (...xs: readonly Operand[]): Value => this.#one('Min', xs.map(this.#of));
  Neg = (x: Value): Value => this.#one('Neg', [x]);
  Abs = (x: Value): Value => this.#one('Abs', [x]);
  Sqrt = (x: Value): Value => this.#one('Sqrt', [x]);
  Exp = (x: Value): Value => this.#one('Exp', [x]);
  Log = (x: Value): Value => this.#one('Log', [x]);
  Erf = (x: Value): Value => this.#one('Erf', [x]);
  Sin = (x: Value): Value => this.#one('Sin', [x]);
  Cos = (x: Value): Value => this.#one('Cos', [x]);
  Sign = (x: Value): Value => this.#one('Sign', [x]);
  Floor = (x: Value): Value => this.#one('Floor', [x]);
  Reciprocal = (x: Value): Value => this.#one('Reciprocal', [x]);
  Relu = (x: Value): Value => this.#one('Relu', [x]);
  LeakyRelu = (x: Value, attributes: Attributes<'LeakyRelu'> = {}): Value => this.#one('LeakyRelu', [x], attributes);
  Elu = (x: Value, attributes: Attributes<'Elu'> = {}): Value => this.#one('Elu', [x], attributes);
  Sigmoid = (x: Value): Value => this.#one('Sigmoid', [x]);
  Tanh = (x: Value): Value => this.#one('Tanh', [x]);
  Softplus = (x: Value): Value => this.#one('Softplus', [x]);
  Clip = (x: Value, min?: Operand, max?: Operand): Value => this.#one('Clip', [x, this.#may(min), this.#may(max)]);
  Equal = (a: Operand, b: Operand): Value => this.#one('Equal', [this.#of(a), this.#of(b)]);
  Greater = (a: Operand, b: Operand): Value => this.#one('Greater', [this.#of(a), this.#of(b)]);
  GreaterOrEqual = (a: Operand, b: Operand): Value => this.#one('GreaterOrEqual', [this.#of(a), this.#of(b)]);
  Less = (a: Operand, b: Operand): Value => this.#one('Less', [this.#of(a), this.#of(b)]);
  LessOrEqual = (a: Operand, b: Operand): Value => this.#one('LessOrEqual', [this.#of(a), this.#of(b)]);
  And = (a: Value, b: Value): Value => this.#one('And', [a, b]);
  Or = (a: Value, b: Value): Value => this.#one('Or', [a, b]);
  Not = (x: Value): Value => this.#one('Not', [x]);
  Where = (condition: Value, x: Operand, y: Operand): Value =>
    this.#one('Where', [condition, this.#of(x), this.#of(y)]);
  Cast = (x: Value, to: DType): Value => this.#one('Cast', [x], { to: ELEMENT[to].code });
  Identity = (x: Value): Value => this.#one('Identity', [x]);
  /** Returns the value itself, but stops the gradient: an Identity whose flag differentiation and passes recognise. */
  stopGradient = (x: Value): Value => first(this.add('Identity', [x], {}, 1, 'stopGradient'));
  OneHot = (indices: Value, depth: Value, values: Value, attributes: Attributes<'OneHot'> = {}): Value =>
    this.#one('OneHot', [indices, depth, values], attributes);

  // Shapes
  Concat = (xs: readonly Value[], attributes: Attributes<'Concat'>): Value => this.#one('Concat', xs, attributes);
  /** Splits an axis into parts of the lengths `split`. */
  Split = (x: Value, split: readonly number[], attributes: { readonly axis: number }): readonly Value[] =>
    this.add('Split', [x, this.#ints(split)], attributes, split.length);
  Slice = (x: Value, starts: Ints, ends: Ints, axes?: Ints, steps?: Ints): Value =>
    this.#one('Slice', [x, this.#ints(starts), this.#ints(ends), this.#mayInts(axes), this.#mayInts(steps)]);
  Reshape = (x: Value, shape: Ints, attributes: Attributes<'Reshape'> = {}): Value =>
    this.#one('Reshape', [x, this.#ints(shape)], attributes);
  Transpose = (x: Value, perm: readonly number[]): Value => this.#one('Transpose', [x], { perm });
  Squeeze = (x: Value, axes: Ints): Value => this.#one('Squeeze', [x, this.#ints(axes)]);
  Unsqueeze = (x: Value, axes: Ints): Value => this.#one('Unsqueeze', [x, this.#ints(axes)]);
  Expand = (x: Value, shape: Ints): Value => this.#one('Expand', [x, this.#ints(shape)]);
  Tile = (x: Value, repeats: Ints): Value => this.#one('Tile', [x, this.#ints(repeats)]);
  Pad = (x: Value, pads: Ints, value?: Operand, attributes: Attributes<'Pad'> = {}): Value =>
    this.#one('Pad', [x, this.#ints(pads), this.#may(value)], attributes);
  Gather = (x: Value, indices: Value, attributes: Attributes<'Gather'> = {}): Value =>
    this.#one('Gather', [x, indices], attributes);
  GatherElements = (x: Value, indices: Value, attributes: Attributes<'GatherElements'> = {}): Value =>
    this.#one('GatherElements', [x, indices], attributes);
  ScatterElements = (x: Value, indices: Value, updates: Value, attributes: Attributes<'ScatterElements'> = {}): Value =>
    this.#one('ScatterElements', [x, indices, updates], attributes);
  ScatterND = (x: Value, indices: Value, updates: Value, attributes: Attributes<'ScatterND'> = {}): Value =>
    this.#one('ScatterND', [x, indices, updates], attributes);
  /** Returns the `k` largest elements along an axis (smallest if `largest` is 0), and their places there. */
  TopK = (x: Value, k: number, attributes: Attributes<'TopK'> = {}): readonly Value[] =>
    this.add('TopK', [x, this.constant([k], 'int64')], attributes, 2);
  /** Returns matrices with zeros below the k-th diagonal (above it if `upper` is 0). */
  Trilu = (x: Value, k = 0, attributes: Attributes<'Trilu'> = {}): Value =>
    this.#one('Trilu', [x, this.constant(k, 'int64')], attributes);
  Shape = (x: Value, attributes: Attributes<'Shape'> = {}): Value => this.#one('Shape', [x], attributes);
  Range = (start: Value, limit: Value, delta: Value): Value => this.#one('Range', [start, limit, delta]);
  /** Returns a tensor of this shape, filled with the only element of the vector `value` (float32 zero if omitted). */
  ConstantOfShape = (shape: Ints, value?: OnnxTensor): Value =>
    this.#one('ConstantOfShape', [this.#ints(shape)], value ? { value } : {});
  /** Adds a constant as a node; `constant` adds one as an initializer, which passes and readers find more easily. */
  Constant = (value: OnnxTensor): Value => this.#one('Constant', [], { value });

  // Networks
  Gemm = (a: Value, b: Value, c?: Value, attributes: Attributes<'Gemm'> = {}): Value =>
    this.#one('Gemm', [a, b, c], attributes);
  MatMul = (a: Value, b: Value): Value => this.#one('MatMul', [a, b]);
  Conv = (x: Value, w: Value, b: Value | undefined, attributes: Attributes<'Conv'>): Value =>
    this.#one('Conv', [x, w, b], attributes);
  ConvTranspose = (x: Value, w: Value, b: Value | undefined, attributes: Attributes<'ConvTranspose'>): Value =>
    this.#one('ConvTranspose', [x, w, b], attributes);
  MaxPool = (x: Value, attributes: Attributes<'MaxPool'>): Value => this.#one('MaxPool', [x], attributes);
  /**
   * Returns the result of MaxPool and the positions of its maxima: flat indices into the whole of x, of the first
   * maximum in each window.
   */
  maxPoolWithIndices = (x: Value, attributes: Attributes<'MaxPool'>): readonly [Value, Value] => {
    const [maxima, indices] = this.add('MaxPool', [x], attributes, 2);
    return [first([maxima]), first([indices])];
  };
  AveragePool = (x: Value, attributes: Attributes<'AveragePool'>): Value => this.#one('AveragePool', [x], attributes);
  GlobalAveragePool = (x: Value): Value => this.#one('GlobalAveragePool', [x]);
  /** Resizes by `scales` (one for each axis) or to `sizes`: exactly one of the two. */
  Resize = (
    x: Value,
    to: { readonly scales: readonly number[] } | { readonly sizes: Ints },
    attributes: Attributes<'Resize'>,
  ): Value =>
    'scales' in to
      ? this.#one('Resize', [x, undefined, this.constant(to.scales)], attributes)
      : this.#one('Resize', [x, undefined, undefined, this.#ints(to.sizes)], attributes);
  Softmax = (x: Value, attributes: Attributes<'Softmax'> = {}): Value => this.#one('Softmax', [x], attributes);
  InstanceNormalization = (
    x: Value,
    scale: Value,
    b: Value,
    attributes: Attributes<'InstanceNormalization'> = {},
  ): Value => this.#one('InstanceNormalization', [x, scale, b], attributes);
  LayerNormalization = (x: Value, scale: Value, b?: Value, attributes: Attributes<'LayerNormalization'> = {}): Value =>
    this.#one('LayerNormalization', [x, scale, b], attributes);
  BatchNormalization = (
    x: Value,
    scale: Value,
    b: Value,
    mean: Value,
    variance: Value,
    attributes: Attributes<'BatchNormalization'> = {},
  ): Value => this.#one('BatchNormalization', [x, scale, b, mean, variance], attributes);
  /** Reduces over the given axes, or over all if none are given. */
  ReduceSum = (x: Value, axes?: readonly number[], reduction: Reduction = {}): Value =>
    this.#one('ReduceSum', [x, this.#mayInts(axes)], reduction);
  ReduceMean = (x: Value, axes?: readonly number[], reduction: Reduction = {}): Value =>
    this.#reduce('ReduceMean', x, axes, reduction);
  ReduceMax = (x: Value, axes?: readonly number[], reduction: Reduction = {}): Value =>
    this.#reduce('ReduceMax', x, axes, reduction);
  ReduceLogSumExp = (x: Value, axes?: readonly number[], reduction: Reduction = {}): Value =>
    this.#reduce('ReduceLogSumExp', x, axes, reduction);
  ArgMax = (x: Value, attributes: Attributes<'ArgMax'> = {}): Value => this.#one('ArgMax', [x], attributes);

  CumSum = (x: Value, axis: number, attributes: Attributes<'CumSum'> = {}): Value =>
    this.#one('CumSum', [x, this.constant(axis, 'int64')], attributes);
  /** Sums products of the inputs' elements over the letters of `equation` that its result lacks: `ij,jk->ik`. */
  Einsum = (equation: string, ...xs: readonly Value[]): Value => this.#one('Einsum', xs, { equation });
  /** Returns the hidden state at each step, [T, D, N, H], and the last one, [D, N, H]. */
  GRU = (inputs: RecurrentInputs, attributes: Attributes<'GRU'>): readonly Value[] =>
    this.add('GRU', recurrentInputs(inputs), attributes, 2);
  /** Returns the hidden state at each step, [T, D, N, H], the last one, [D, N, H], and the last cell, [D, N, H]. */
  LSTM = (inputs: RecurrentInputs & { readonly c?: Value }, attributes: Attributes<'LSTM'>): readonly Value[] =>
    this.add('LSTM', [...recurrentInputs(inputs), inputs.c], attributes, 3);

  // Control
  /** Returns the state after the last iteration, then every further output of the body, stacked over the iterations. */
  Loop = (
    iterations: Value | undefined,
    condition: Value | undefined,
    state: readonly Value[],
    body: OnnxGraph,
  ): readonly Value[] => this.add('Loop', [iterations, condition, ...state], { body }, body.outputs.length - 1);
  /**
   * Returns the state after the last iteration, then every further output of the body, stacked over the iterations. The
   * body is given the state, then a slice of each of the `scanned` values, whose number is in `num_scan_inputs`.
   */
  Scan = (
    state: readonly Value[],
    scanned: readonly Value[],
    body: OnnxGraph,
    attributes: Omit<Attributes<'Scan'>, 'body' | 'num_scan_inputs'> = {},
  ): readonly Value[] =>
    this.add(
      'Scan',
      [...state, ...scanned],
      { body, num_scan_inputs: scanned.length, ...attributes },
      body.outputs.length,
    );
  If = (condition: Value, then: OnnxGraph, otherwise: OnnxGraph): readonly Value[] =>
    this.add('If', [condition], { then_branch: then, else_branch: otherwise }, then.outputs.length);

  #one = <O extends Operator>(op: O, inputs: readonly (Value | undefined)[], attributes?: Attributes<O>): Value =>
    first(this.add(op, inputs, attributes));
  /**
   * From opset 18 on, a reduction's axes are an input; before that, an attribute (those of ReduceSum have been an input
   * since opset 13).
   */
  #reduce = (op: Operator, x: Value, axes: readonly number[] | undefined, reduction: Reduction): Value =>
    this.opset >= 18
      ? first(this.add(op, [x, this.#mayInts(axes)], { ...reduction }))
      : first(this.add(op, [x], { ...(axes && { axes }), ...reduction }));
  #of = (x: Operand): Value => (typeof x === 'number' ? this.constant(x) : x);
  #may = (x: Operand | undefined): Value | undefined => (x === undefined ? undefined : this.#of(x));
  #ints = (x: Ints): Value => ('name' in x ? x : this.constant(x, 'int64'));
  #mayInts = (x: Ints | undefined): Value | undefined => (x === undefined ? undefined : this.#ints(x));
}

const first = (values: readonly (Value | undefined)[]): Value => {
  const [value] = values;
  if (!value) throw new Error('an operator that gives nothing');
  return value;
};
