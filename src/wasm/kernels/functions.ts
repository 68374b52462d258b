import { v128, type Expr } from '../code/expression.ts';
import { called, type Code, type Local } from '../code/function.ts';
import type { ModuleBuilder } from '../code/module.ts';

type Four = Expr<'v128'>;

/** Returns a polynomial's value by Horner's rule; the coefficient of the highest power is first. */
export const polynomial = (x: Four, [first = 0, ...others]: readonly number[]): Four =>
  others.reduce<Four>((sum, coefficient) => v128.add(v128.mul(sum, x), v128.splat(coefficient)), v128.splat(first));

/** Makes a function of four numbers, written once in a module. */
const four =
  (name: string, write: (code: Code, module: ModuleBuilder, x: Four) => Four) =>
  (module: ModuleBuilder, x: Four): Four =>
    called(
      module.kernel(name, ['v128'], 'v128', (code, given) => write(code, module, given)),
      x,
    );

const constant = v128.splat;

/** 1.5·2²³: a number that is added to it, and taken away again, is rounded to a whole one, whose bits are the last of the sum's. */
const ROUNDING = 12582912;

/** eˣ / 2ⁿ for x within float32's exponents, and n. */
const reduced = (code: Code, x: Four): readonly [Four, Local<'v128'>] => {
  const sum = code.local('v128', v128.add(v128.mul(x, constant(Math.LOG2E)), constant(ROUNDING)));
  const n = code.local('v128', v128.sub(sum, constant(ROUNDING)));
  // ln 2 in two parts, of which the first has few bits: its products with n are exact.
  const near = v128.sub(v128.sub(x, v128.mul(n, constant(0.693359375))), v128.mul(n, constant(-2.1219444e-4)));
  const r = code.local('v128', near);
  const high = polynomial(r, [1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 0.5]);
  const y = v128.add(v128.add(v128.mul(high, v128.mul(r, r)), r), constant(1));
  return [y, code.local('v128', v128.subInt(sum, constant(ROUNDING)))];
};

/** 2ⁿ of a whole number from −127, which gives 0, to 127. */
const powerOf2 = (n: Four): Four => v128.shl(v128.addInt(n, v128.splatInt(127)), 23);

/**
 * eˣ: x is n·ln 2 and a rest of at most ln 2 / 2, for which a polynomial of degree 6 is taken (Cephes, expf). Relative error
 * below 2e-7; infinite and 0 where float32 has no such number.
 */
export const exp = four('exp', (code, _module, given) => {
  const x = code.local('v128', v128.pmax(v128.pmin(given, constant(89)), constant(-104)));
  const [y, n] = reduced(code, x);
  // 2ⁿ as two factors, since n may lie beyond float32's exponents.
  const half = code.local('v128', v128.shrSigned(n, 1));
  return v128.mul(v128.mul(y, powerOf2(half)), powerOf2(v128.subInt(n, half)));
});

/** eˣ from −87 to 88, and what it is there for numbers beyond: less work, for what needs no more. */
const boundedExp = (code: Code, given: Four): Four => {
  const x = code.local('v128', v128.pmax(v128.pmin(given, constant(88)), constant(-87)));
  const [y, n] = reduced(code, x);
  return v128.mul(y, powerOf2(n));
};

/** ln x (Cephes, logf): relative error below 2e-7; −∞ for 0, NaN below. */
export const log = four('log', (code, _module, given) => {
  // Below float32's normal numbers, exponents are not what the bits say.
  const isSmall = code.local('v128', v128.lt(given, constant(2 ** -126)));
  const x = code.local('v128', v128.select(isSmall, v128.mul(given, constant(2 ** 24)), given));
  const mantissa = v128.or(v128.and(x, v128.splatInt(0x807fffff | 0)), v128.splatInt(0x3f000000));
  const m = code.local('v128', mantissa);
  const isLow = code.local('v128', v128.lt(m, constant(Math.SQRT1_2)));
  const exponent = v128.fromInt(v128.subInt(v128.shr(x, 23), v128.splatInt(126)));
  const e = code.local(
    'v128',
    v128.sub(v128.sub(exponent, v128.and(isLow, constant(1))), v128.and(isSmall, constant(24))),
  );
  const r = code.local('v128', v128.sub(v128.add(m, v128.and(isLow, m)), constant(1)));
  const z = code.local('v128', v128.mul(r, r));
  const p = polynomial(
    r,
    [
      7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
      2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
    ],
  );
  const low = v128.add(v128.mul(v128.mul(p, r), z), v128.mul(e, constant(-2.1219444e-4)));
  const sum = v128.add(v128.sub(low, v128.mul(z, constant(0.5))), r);
  const y = code.local('v128', v128.add(sum, v128.mul(e, constant(0.693359375))));
  // Not of 0, of negative numbers, of ∞ and of NaN.
  const finite = v128.and(v128.gt(given, constant(0)), v128.lt(given, constant(Infinity)));
  const rest = v128.select(
    v128.eq(given, constant(0)),
    constant(-Infinity),
    v128.select(v128.eq(given, constant(Infinity)), given, constant(NaN)),
  );
  return v128.select(finite, y, rest);
});

/** 1 / (1 + e⁻ˣ), precise in both tails, as far as 6e-39. */
export const sigmoid = four('sigmoid', (code, _module, x) =>
  v128.div(constant(1), v128.add(constant(1), boundedExp(code, v128.neg(x)))),
);

/** tanh x: of small numbers by a polynomial (Cephes, tanhf), else from e⁻²ˣ. */
export const tanh = four('tanh', (code, _module, x) => {
  const size = code.local('v128', v128.abs(x));
  const e = code.local('v128', boundedExp(code, v128.mul(size, constant(-2))));
  const far = v128.div(v128.sub(constant(1), e), v128.add(constant(1), e));
  const z = code.local('v128', v128.mul(x, x));
  const p = polynomial(
    z,
    [-5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1, -3.33332819422e-1],
  );
  const near = v128.add(v128.mul(v128.mul(p, z), size), size);
  const y = v128.select(v128.lt(size, constant(0.625)), near, far);
  return v128.or(y, v128.and(x, constant(-0)));
});

/** ln(1 + x) for x ≥ 0, precise for small x too: what rounding takes from 1 + x is put back by a factor. */
export const log1p = four('log1p', (code, module, x) => {
  const w = code.local('v128', v128.add(constant(1), x));
  const d = code.local('v128', v128.sub(w, constant(1)));
  const y = v128.div(v128.mul(log(module, w), x), d);
  return v128.select(v128.eq(d, constant(0)), x, y);
});

/** eˣ − 1, precise for small x too: u = eˣ, (u − 1)·x / ln u. */
export const expm1 = four('expm1', (code, module, x) => {
  const u = code.local('v128', exp(module, x));
  const d = code.local('v128', v128.sub(u, constant(1)));
  const y = v128.div(v128.mul(d, x), log(module, u));
  const near = v128.and(v128.ne(d, constant(0)), v128.lt(v128.abs(x), constant(1)));
  return v128.select(v128.eq(u, constant(1)), x, v128.select(near, y, d));
});

/** sin x, or cos x as sin of a quarter turn more: the rest of x by π/2, and one of two polynomials (Cephes, sinf). */
const circular = (name: string, turn: number) =>
  four(name, (code, _module, given) => {
    const n = code.local('v128', v128.nearest(v128.mul(given, constant(2 / Math.PI))));
    const parts = [1.5703125, 4.837512969970703e-4, 7.54978995489188e-8];
    const r = code.local(
      'v128',
      parts.reduce<Four>((rest, part) => v128.sub(rest, v128.mul(n, constant(part))), given),
    );
    const z = code.local('v128', v128.mul(r, r));
    const quarter = code.local('v128', v128.addInt(v128.toInt(n), v128.splatInt(turn)));
    const sinus = v128.add(
      v128.mul(v128.mul(polynomial(z, [-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1]), z), r),
      r,
    );
    const cosine = v128.add(
      v128.sub(
        v128.mul(v128.mul(polynomial(z, [2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2]), z), z),
        v128.mul(z, constant(0.5)),
      ),
      constant(1),
    );
    // All bits where the quarter is odd; the sign where it is the third or the fourth.
    const isOdd = v128.shrSigned(v128.shl(quarter, 31), 31);
    const sign = v128.shl(v128.shr(quarter, 1), 31);
    return v128.xor(v128.select(isOdd, cosine, sinus), sign);
  });
export const sin = circular('sin', 0);
export const cos = circular('cos', 1);

/** Rounds away the comparison's bits: 1 where they are set, else 0. */
export const truth = (mask: Four): Four => v128.and(mask, constant(1));

/** erf x: x times a polynomial of x² up to 1, from there 1 − e^p(x), with p fitted to ln erfc x. Relative error below 2e-7. */
export const erf = four('erf', (code, module, x) => {
  const size = code.local('v128', v128.min(v128.abs(x), constant(4)));
  const near = polynomial(
    v128.mul(size, size),
    [
      7.8758750388e-5, -8.0168642798e-4, 5.1890874226e-3, -2.685421201e-2, 1.1283594715e-1, -3.7612626667e-1,
      1.1283791658,
    ],
  );
  const p = polynomial(
    size,
    [
      -1.3597833438e-5, 3.2286734052e-4, -3.4774459046e-3, 2.278979635e-2, -1.037223097e-1, -6.3853154968e-1,
      -1.1263446317, -6.2846586272e-4,
    ],
  );
  const far = v128.sub(constant(1), exp(module, p));
  const y = v128.select(v128.lt(size, constant(1)), v128.mul(near, size), far);
  return v128.or(y, v128.and(x, constant(-0)));
});

/** xʸ: e^(y·ln |x|), with the sign of x where y is odd; NaN for a negative x and a fraction. */
export const power = (code: Code, module: ModuleBuilder, x: Four, y: Four): Four => {
  const [base, exponent] = [code.local('v128', x), code.local('v128', y)];
  const size = exp(module, v128.mul(exponent, log(module, v128.abs(base))));
  const half = v128.mul(exponent, constant(0.5));
  const isWhole = v128.eq(exponent, v128.nearest(exponent));
  const isEven = v128.eq(half, v128.nearest(half));
  const negative = v128.lt(base, constant(0));
  const signed = v128.xor(size, v128.andNot(v128.and(negative, constant(-0)), isEven));
  const known = v128.select(v128.andNot(negative, isWhole), constant(NaN), signed);
  return v128.select(v128.eq(exponent, constant(0)), constant(1), known);
};
