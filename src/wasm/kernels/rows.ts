import { f32, i32, v128, type Expr, type Int } from '../code/expression.ts';
import { called, type Code, type Local } from '../code/function.ts';
import type { ModuleBuilder } from '../code/module.ts';
import { exp } from './functions.ts';

type Four = Expr<'v128'>;

/** Runs `body` for four numbers of a row at a time; the last may be beyond its end. */
export const overRow = (
  code: Code,
  count: Int,
  rows: readonly Int[],
  body: (...at: readonly Local<'i32'>[]) => void,
): void => {
  const own = rows.map((at) => code.int(at));
  const [first] = own;
  if (!first) return;
  const end = code.int(i32.add(first, i32.mul(count, 4)));
  code.while(i32.lt(first, end), () => {
    body(...own);
    for (const at of own) code.increase(at, 16);
  });
};

/** Makes a function of a row of numbers: its address, and how many there are. */
const ofRow =
  (name: string, start: number, combine: (sum: Four, x: Four) => Four) =>
  (module: ModuleBuilder, at: Int, count: Int): Expr<'f32'> =>
    called(
      module.kernel(name, ['i32', 'i32'], 'f32', (code, from, given) => {
        const sum = code.local('v128', v128.splat(start));
        const next = code.int(from);
        const whole = code.int(i32.add(from, i32.mul(i32.shr(given, 2), 16)));
        const end = code.int(i32.add(from, i32.mul(given, 4)));
        code.while(i32.lt(next, whole), () => {
          code.set(sum, combine(sum, v128.load(next)));
          code.increase(next, 16);
        });
        // Lanes of the sum, and what is left, one by one.
        const all = code.local('v128', v128.splat(f32.lane(sum, 0)));
        for (const lane of [1, 2, 3]) code.set(all, combine(all, v128.splat(f32.lane(sum, lane))));
        code.while(i32.lt(next, end), () => {
          code.set(all, combine(all, v128.loadSplat(next)));
          code.increase(next, 4);
        });
        return f32.first(all);
      }),
      at,
      count,
    );

/** The sum of a row. */
export const sumOf = ofRow('sum', 0, v128.add);
/** The largest number of a row. */
export const maxOf = ofRow('max', -Infinity, v128.max);

/** Σ (x − mean)², which needs no difference of large numbers. */
export const squaresOf = (module: ModuleBuilder, at: Int, count: Int, mean: Expr<'f32'>): Expr<'f32'> =>
  called(
    module.kernel('squares', ['i32', 'i32', 'f32'], 'f32', (code, from, given, middle) => {
      const sum = code.local('f32', f32.of(0));
      const sums = code.local('v128', v128.splat(0));
      const next = code.int(from);
      const whole = code.int(i32.add(from, i32.mul(i32.shr(given, 2), 16)));
      const end = code.int(i32.add(from, i32.mul(given, 4)));
      code.while(i32.lt(next, whole), () => {
        const away = code.local('v128', v128.sub(v128.load(next), v128.splat(middle)));
        code.set(sums, v128.add(sums, v128.mul(away, away)));
        code.increase(next, 16);
      });
      for (const lane of [0, 1, 2, 3]) code.set(sum, f32.add(sum, f32.lane(sums, lane)));
      code.while(i32.lt(next, end), () => {
        const away = code.local('f32', f32.sub(f32.load(next), middle));
        code.set(sum, f32.add(sum, f32.mul(away, away)));
        code.increase(next, 4);
      });
      return sum;
    }),
    at,
    count,
    mean,
  );

/** e^x / Σ e^x of a row, to another place; up to three numbers behind its end are written. */
export const softmax = (module: ModuleBuilder) =>
  module.kernel('softmax', ['i32', 'i32', 'i32'], undefined, (code, to, from, count) => {
    const most = code.local('v128', v128.splat(maxOf(module, from, count)));
    overRow(code, count, [to, from], (into = to, at = from) =>
      code.store(into, exp(module, v128.sub(v128.load(at), most))),
    );
    const share = code.local('v128', v128.div(v128.splat(1), v128.splat(sumOf(module, to, count))));
    overRow(code, count, [to], (into = to) => code.store(into, v128.mul(v128.load(into), share)));
  });

/** The mean of a row, and 1 / √(variance + ε). */
export const momentsOf = (
  module: ModuleBuilder,
  code: Code,
  at: Int,
  count: Int,
  epsilon: number,
): readonly [Local<'f32'>, Local<'f32'>] => {
  const length = f32.from(count);
  const mean = code.local('f32', f32.div(sumOf(module, at, count), length));
  const variance = f32.div(squaresOf(module, at, count, mean), length);
  const deviation = v128.sqrt(v128.splat(f32.add(variance, epsilon)));
  return [mean, code.local('f32', f32.div(1, f32.first(deviation)))];
};
