import { number } from '../../onnx/attributes.ts';
import { f32, int, type Expr } from '../code/expression.ts';
import { broadcastStrides } from '../elements.ts';
import { biasCode, pack, panelSize, panelsOf, product } from '../kernels/product.ts';
import { isOne, length, times, valueOf, ZERO, type Length } from '../length.ts';
import { fixed, unable, type Context, type Lowering, type Tensor } from '../lowering.ts';
import { walk } from '../walk.ts';

/** Returns the address of a matrix as panels: arranged now if it is constant, else while the module runs. */
export const panels = (
  { node, module, code, place, scratch }: Context,
  matrix: Pick<Tensor, 'constant' | 'at'>,
  [k, n]: readonly [number, number],
  isTransposed: boolean,
  scale = 1,
): Expr<'i32'> => {
  const [row, column] = isTransposed ? [1, k] : [n, 1];
  // The address of a constant is not asked for: it would be stored as it is too.
  if (matrix.constant) {
    const { data, stored, scales } = matrix.constant;
    const arranged = (of: ArrayLike<number>, missing: number) =>
      panelsOf(k, n, (i, j) => (j < n ? (of[i * row + j * column] ?? 0) : missing));
    const numbers = arranged(data, 0);
    if (scale !== 1)
      return int(
        place(
          numbers.map((value) => scale * value),
          'float32',
        ),
      );
    return int(place(numbers, stored, scales && arranged(scales, 1)));
  }
  if (scale !== 1) return unable(node, 'without alpha, or of a constant', String(scale));
  const to = scratch({ fixed: 4 * panelSize(k, n), perRow: 0 });
  code.call(pack(module), to, matrix.at, k, n, 4 * row, 4 * column);
  return to;
};

/** Writes C = A·B + bias, of a matrix A whose rows lie one behind the other. */
export const multiply = (
  { module, code, rows, place }: Pick<Context, 'module' | 'code' | 'rows' | 'place'>,
  given: {
    readonly a: Expr<'i32'>;
    readonly b: Expr<'i32'>;
    readonly c: Expr<'i32'>;
    readonly bias?: Expr<'i32'>;
    readonly m: Length;
    readonly n: number;
    readonly k: number;
    /** The numbers of a row of C, if it has more columns than these. */
    readonly row?: number;
  },
): void => {
  const { a, b, c, m, n, k, row = n } = given;
  const bias = given.bias ?? int(place(padded([0], n), 'float32'));
  code.call(product(module), a, b, c, bias, biasCode('columns'), valueOf(m, rows), n, k, 4 * k, 4 * row);
};

/** Numbers with zeros behind, up to whole panels. */
export const padded = (numbers: ArrayLike<number>, n: number, scale = 1): Float32Array => {
  const all = new Float32Array(Math.ceil(n / 8) * 8);
  for (let i = 0; i < n; i++) all[i] = scale * (numbers[numbers.length === 1 ? 0 : i] ?? 0);
  return all;
};

const gemm = (context: Context): void => {
  const { node, place, has, input } = context;
  if (number(node, 'transA') !== 0) return unable(node, 'whose A is not transposed', 'transA');
  const [a, b, c] = [input(0), input(1), has(2) ? input(2) : undefined];
  const [m = length(1), inner = length(1)] = a.dims;
  const [k = 0] = fixed(node, [inner]);
  const { dims, at } = context.output();
  const [n = 0] = fixed(node, [dims[1] ?? length(1)]);
  const matrix = panels(context, b, [k, n], number(node, 'transB') !== 0, number(node, 'alpha'));
  const isRow = c !== undefined && c.dims.slice(0, -1).every(isOne);
  const last = c?.dims.at(-1) ?? length(1);
  if (c?.constant && isRow && (last.scale === n || last.scale === 1)) {
    const bias = int(place(padded(c.constant.data, n, number(node, 'beta')), 'float32'));
    return multiply(context, { a: a.at, b: matrix, c: at, bias, m, n, k });
  }
  multiply(context, { a: a.at, b: matrix, c: at, m, n, k });
  if (c) addTo(context, { dims, at }, c, number(node, 'beta'));
};

/** Adds a tensor that broadcasts to one in memory. */
const addTo = (
  { node, code, rows }: Context,
  { dims, at }: Pick<Tensor, 'dims' | 'at'>,
  added: Tensor,
  factor: number,
): void => {
  const strides = broadcastStrides(node.name, added.dims, dims);
  walk(
    code,
    rows,
    dims,
    [
      { at, strides: broadcastStrides(node.name, dims, dims) },
      { at: added.at, strides },
    ],
    (to, from) => code.storeNumber(to, f32.add(f32.load(to), f32.mul(f32.load(from), factor))),
  );
};

/** Products of matrices along the last two axes; those in front broadcast. A vector is a matrix of one row, or as B of one column. */
const matMul = (context: Context): void => {
  const { node, code, rows, input } = context;
  if (input(0).dims.length === 1 && input(1).dims.length > 2)
    return unable(node, 'of one matrix by a vector', 'several matrices');
  const [a, b, c] = [asMatrix(input(0), 'row'), asMatrix(input(1), 'column'), context.output()];
  const [m = length(1), inner = length(1)] = a.dims.slice(-2);
  const columns = b.dims.at(-1) ?? length(1);
  const [k = 0, n = 0] = fixed(node, [inner, columns]);
  // A matrix for all: the rows of all others are those of one.
  if (b.dims.length === 2) {
    const all = times(node.name, ...a.dims.slice(0, -1));
    return multiply(context, { a: a.at, b: panels(context, b, [k, n], false), c: c.at, m: all, n, k });
  }
  const outer = c.dims.slice(0, -2);
  const tensors = [a, b, c].map(({ dims, at }) => {
    const own = dims.slice(0, -2);
    const skip = outer.length - own.length;
    // Axes of length 1 broadcast; the last two are the matrices' own.
    const size = dims.slice(-2);
    return {
      at,
      strides: outer.map((dim, axis) =>
        axis < skip || (isOne(own[axis - skip] ?? dim) && !isOne(dim))
          ? ZERO
          : times(node.name, ...own.slice(axis - skip + 1), ...size),
      ),
    };
  });
  const to = context.scratch({ fixed: 4 * panelSize(k, n), perRow: 0 });
  walk(code, rows, outer, tensors, (left, right, out) => {
    code.call(pack(context.module), to, right, k, n, 4 * n, 4);
    multiply(context, { a: left, b: to, c: out, m, n, k });
  });
};

/** Returns a vector as a matrix, whose numbers lie in the same order; anything else as it is. */
const asMatrix = (tensor: Tensor, as: 'row' | 'column'): Tensor => {
  const [only, more] = tensor.dims;
  if (only === undefined || more !== undefined) return tensor;
  const { isWhole, constant } = tensor;
  return {
    dims: as === 'row' ? [length(1), only] : [only, length(1)],
    isWhole,
    // Asked for later, if at all: a constant whose address is asked for is stored as it is.
    get at() {
      return tensor.at;
    },
    ...(constant && { constant }),
  };
};

/** Matrix products. */
export const PRODUCTS: Readonly<Record<string, Lowering>> = {
  Gemm: { kind: 'kernel', emit: gemm },
  MatMul: { kind: 'kernel', emit: matMul },
};
