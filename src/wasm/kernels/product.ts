import { i32, v128, f32, type Expr } from '../code/expression.ts';
import { type Code, type Func, type Local } from '../code/function.ts';
import type { ModuleBuilder } from '../code/module.ts';

/** The number of columns of a panel: two vectors. */
export const PANEL = 8;

/** The number of rows that are computed at a time. */
const ROWS = 4;

/** Which of its numbers a product's bias has: one for each column, or for each row. */
export type Bias = 'columns' | 'rows';

/** A bias as a parameter. */
export const biasCode = (bias: Bias): number => (bias === 'rows' ? 1 : 0);

/** Where a block's numbers are read and written: addresses, and the bytes from one row to the next. */
interface Block {
  readonly a: Local<'i32'>;
  readonly panel: Local<'i32'>;
  readonly c: Local<'i32'>;
  readonly bias: Local<'i32'>;
  readonly k: Local<'i32'>;
  readonly aRow: Local<'i32'>;
  readonly cRow: Local<'i32'>;
}

/** Adds the products of `count` columns of A, from `at`, with as many rows of the panel. */
const accumulate = (
  code: Code,
  sums: readonly (readonly Local<'v128'>[])[],
  rows: readonly Local<'i32'>[],
  panel: Local<'i32'>,
  count: number,
): void => {
  for (let step = 0; step < count; step++) {
    const left = code.local('v128', v128.load(panel, 32 * step));
    const right = code.local('v128', v128.load(panel, 32 * step + 16));
    rows.forEach((row, r) => {
      const x = code.local('v128', v128.loadSplat(row, 4 * step));
      // A single row adds to sums of its own at each step: they do not wait for each other.
      const own = sums[rows.length === 1 ? step : r] ?? [];
      [left, right].forEach((column, i) => {
        const sum = own[i];
        if (sum) code.set(sum, v128.add(sum, v128.mul(x, column)));
      });
    });
  }
  code.increase(panel, 32 * count);
  for (const row of rows) code.increase(row, 4 * count);
};

/** A function that computes some rows of eight columns of C: the products of rows of A with a panel. */
const block = (module: ModuleBuilder, rows: number): BlockFunction =>
  module.kernel(
    `block ${rows}`,
    ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
    undefined,
    (code, a, panel, c, biasAt, kind, k, aRow, cRow) => {
      const at: Block = { a, panel, c, bias: biasAt, k, aRow, cRow };
      const starts = Array.from({ length: rows }, (_, r) =>
        r === 0 ? at.a : code.int(i32.add(at.a, i32.mul(at.aRow, r))),
      );
      const sets = rows === 1 ? 4 : rows;
      const sums = Array.from({ length: sets }, (_, r) =>
        [0, 1].map(() => code.local('v128', rows === 1 && r > 0 ? v128.splat(0) : undefined)),
      );
      const begin = (of: (r: number, i: number) => Expr<'v128'>): void =>
        sums.slice(0, rows).forEach((set, r) => set.forEach((sum, i) => code.set(sum, of(r, i))));
      code.if(
        kind,
        () => begin((r) => v128.loadSplat(at.bias, 4 * r)),
        () => begin((_, i) => v128.load(at.bias, 16 * i)),
      );
      const end = code.int(i32.add(at.a, i32.mul(at.k, 4)));
      const [lead = at.a] = starts;
      code.while(i32.ge(end, i32.add(lead, 16)), () => accumulate(code, sums, starts, at.panel, 4));
      code.while(i32.lt(lead, end), () => accumulate(code, sums, starts, at.panel, 1));
      if (rows === 1) {
        for (const i of [0, 1]) {
          const total = sums
            .map((set) => set[i])
            .reduce<Expr<'v128'> | undefined>(
              (sum, next) => (sum && next ? v128.add(sum, next) : (sum ?? next)),
              undefined,
            );
          if (total) code.store(at.c, total, 16 * i);
        }
        return;
      }
      sums.forEach(([left, right], r) => {
        const row = r === 0 ? at.c : code.int(i32.add(at.c, i32.mul(at.cRow, r)));
        if (left) code.store(row, left);
        if (right) code.store(row, right, 16);
      });
    },
  );

type BlockFunction = Func<readonly ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'], undefined>;

/**
 * C = A·B + bias: A of [m, k] with rows of `aRow` bytes, B as panels (`panelsOf`), C of [m, n] with rows of `cRow` bytes. `bias` has n
 * numbers, filled up to whole panels, or m, as `biasCode` says. C may be none of the others.
 */
export const product = (module: ModuleBuilder) =>
  module.kernel(
    'product',
    ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
    undefined,
    (code, a, b, c, biasAt, kind, m, n, k, aRow, cRow) => {
      const [many, one] = [block(module, ROWS), block(module, 1)];
      const scratch = SCRATCH_AT;
      code.range(0, n, PANEL, (j) => {
        const panel = code.int(i32.add(b, i32.mul(i32.mul(j, k), 4)));
        const left = code.int(i32.sub(n, j));
        const whole = code.int(i32.ge(left, PANEL));
        const i = code.int(0);
        const from = code.int(a);
        const to = code.int(i32.add(c, i32.mul(j, 4)));
        const add = code.int(i32.select(kind, biasAt, i32.add(biasAt, i32.mul(j, 4))));
        const out = code.int(0);
        const outRow = code.int(0);
        const compute = (rows: number, by: BlockFunction): void => {
          code.set(out, i32.select(whole, to, scratch));
          code.set(outRow, i32.select(whole, cRow, 4 * PANEL));
          code.call(by, from, panel, out, add, kind, k, aRow, outRow);
          code.if(i32.eq(whole, 0), () => {
            for (let r = 0; r < rows; r++)
              code.copy(i32.add(to, i32.mul(cRow, r)), scratch + 4 * PANEL * r, i32.mul(left, 4));
          });
          code.increase(i, rows);
          code.set(from, i32.add(from, i32.mul(aRow, rows)));
          code.set(to, i32.add(to, i32.mul(cRow, rows)));
          code.set(add, i32.add(add, i32.mul(kind, 4 * rows)));
        };
        code.while(i32.ge(m, i32.add(i, ROWS)), () => compute(ROWS, many));
        code.while(i32.lt(i, m), () => compute(1, one));
      });
    },
  );

/** Where a module has room for a block that is cut off, and where that room ends. */
export const SCRATCH_AT = 0;
export const SCRATCH = 4 * PANEL * ROWS;

/** Returns the number of numbers in the panels of a matrix of k rows and n columns. */
export const panelSize = (k: number, n: number): number => Math.ceil(n / PANEL) * PANEL * k;

/** Returns a matrix, of which `at(row, column)` is an element, also of the columns that fill it up, as panels of eight columns. */
export const panelsOf = (k: number, n: number, at: (row: number, column: number) => number): Float32Array => {
  const panels = new Float32Array(panelSize(k, n));
  let next = 0;
  for (let j = 0; j < n; j += PANEL)
    for (let row = 0; row < k; row++)
      for (let column = j; column < j + PANEL; column++) panels[next++] = at(row, column);
  return panels;
};

/** Writes a matrix of k rows and n columns as panels while a module runs: element (i, j) is at `from + i·row + j·column` bytes. */
export const pack = (module: ModuleBuilder) =>
  module.kernel('pack', ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'], undefined, (code, to, from, k, n, row, column) => {
    const at = code.int(to);
    code.range(0, n, PANEL, (j) => {
      const start = code.int(i32.add(from, i32.mul(j, column)));
      const isContiguous = i32.and(i32.eq(column, 4), i32.ge(n, i32.add(j, PANEL)));
      code.if(
        isContiguous,
        () =>
          code.range(0, k, 1, () => {
            code.store(at, v128.load(start));
            code.store(at, v128.load(start, 16), 16);
            code.increase(at, 4 * PANEL);
            code.set(start, i32.add(start, row));
          }),
        () =>
          code.range(0, k, 1, () => {
            const source = code.int(start);
            code.range(0, PANEL, 1, (c) => {
              code.storeNumber(at, f32.of(0));
              code.if(i32.lt(i32.add(j, c), n), () => code.storeNumber(at, f32.load(source)));
              code.set(source, i32.add(source, column));
              code.increase(at, 4);
            });
            code.set(start, i32.add(start, row));
          }),
      );
    });
  });
