import type { Dim } from './graph.ts';

/**
 * A dimension as a polynomial: the coefficient of each product of symbols, where '' is the empty product. `?` has no
 * polynomial: nothing is known about it, not even that it equals itself. Nor has an invalid symbol, such as `N+`, or
 * one that is too long.
 */
type Polynomial = ReadonlyMap<string, number>;

/** The maximum length of sums and products to follow: each product may double it. */
const LONGEST = 256;

/** What symbols have been parsed to: a graph has few that differ. More than `REMEMBERED` are those of other graphs. */
const PARSED = new Map<string, Polynomial | undefined>();
const REMEMBERED = 1000;

const parse = (dim: Dim): Polynomial | undefined => {
  if (typeof dim === 'number') return Number.isSafeInteger(dim) ? new Map([['', dim]]) : undefined;
  if (dim === '?' || dim.length > LONGEST) return undefined;
  if (!PARSED.has(dim)) {
    if (PARSED.size >= REMEMBERED) PARSED.clear();
    PARSED.set(dim, parseSymbols(dim));
  }
  return PARSED.get(dim);
};

const parseSymbols = (dim: string): Polynomial | undefined => {
  const terms = new Map<string, number>();
  for (const term of dim.split('+')) {
    let coefficient = 1;
    const symbols: string[] = [];
    for (const factor of term.split('*')) {
      if (factor === '') return undefined;
      if (/^\d+$/.test(factor)) coefficient *= Number(factor);
      else symbols.push(factor);
    }
    const product = symbols.sort().join('*');
    terms.set(product, (terms.get(product) ?? 0) + coefficient);
  }
  return terms;
};

/**
 * Returns the dimension as text, terms with symbols first, by name: `2*N*k+N+3`. Returns `?` for a dimension that could
 * be negative for small symbols.
 */
const format = (terms: Polynomial): Dim => {
  const given = [...terms].filter(([, coefficient]) => coefficient !== 0);
  if (given.some(([, coefficient]) => coefficient < 0 || !Number.isSafeInteger(coefficient))) return '?';
  if (given.every(([product]) => product === '')) return terms.get('') ?? 0;
  const written = given
    .sort(([a], [b]) => (a === '' ? 1 : b === '' ? -1 : a < b ? -1 : 1))
    .map(([product, coefficient]) => {
      if (product === '') return String(coefficient);
      return coefficient === 1 ? product : `${coefficient}*${product}`;
    });
  const sum = written.join('+');
  return sum.length > LONGEST ? '?' : sum;
};

/** Returns the sum of two dimensions, or `?` if it is not known. */
export const addDims = (a: Dim, b: Dim): Dim => combine(a, b, 1);

/** Returns the difference of two dimensions, or `?` if it is not known or could be negative. */
export const subtractDims = (a: Dim, b: Dim): Dim => combine(a, b, -1);

const combine = (a: Dim, b: Dim, sign: 1 | -1): Dim => {
  if (typeof a === 'number' && typeof b === 'number') return a + sign * b;
  const [left, right] = [parse(a), parse(b)];
  if (!left || !right) return '?';
  const terms = new Map(left);
  for (const [product, coefficient] of right) terms.set(product, (terms.get(product) ?? 0) + sign * coefficient);
  return format(terms);
};

/** Returns the product of two dimensions, or `?` if it is not known. */
export const multiplyDims = (a: Dim, b: Dim): Dim => {
  if (typeof a === 'number' && typeof b === 'number') return a * b;
  if (a === 0 || b === 0) return 0;
  const [left, right] = [parse(a), parse(b)];
  if (!left || !right) return '?';
  const terms = new Map<string, number>();
  for (const [p, m] of left)
    for (const [q, n] of right) {
      const product = [...p.split('*'), ...q.split('*')].filter(Boolean).sort().join('*');
      terms.set(product, (terms.get(product) ?? 0) + m * n);
    }
  return format(terms);
};

/** Returns a quotient that is exact for all values of the symbols, or `?` if there is none: `6*N` / `2*N` is 3. */
export const divideDims = (a: Dim, b: Dim): Dim => {
  if (typeof a === 'number' && typeof b === 'number') return b !== 0 && a % b === 0 ? a / b : '?';
  if (b === 1) return a;
  const [terms, divisor] = [parse(a), parse(b)];
  const [only, ...more] = divisor ?? [];
  if (!terms || !only || more.length > 0) return '?';
  const [symbols, factor] = only;
  const quotient = new Map<string, number>();
  for (const [product, coefficient] of terms) {
    const rest = product.split('*').filter(Boolean);
    for (const symbol of symbols.split('*').filter(Boolean)) {
      const at = rest.indexOf(symbol);
      if (at < 0) return '?';
      rest.splice(at, 1);
    }
    if (factor === 0 || coefficient % factor !== 0) return '?';
    quotient.set(rest.join('*'), coefficient / factor);
  }
  return format(quotient);
};

/** Returns the number of elements of a shape, as a dimension. */
export const productOf = (shape: readonly Dim[]): Dim => shape.reduce(multiplyDims, 1);

/** Whether two dimensions may be equal: false only if both are known and written differently. */
export const mayEqual = (a: Dim, b: Dim): boolean => {
  if (a === b || a === '?' || b === '?') return true;
  return subtractDims(a, b) === 0;
};

/** Returns the common value of two dimensions if they are equal; otherwise `?`. */
export const common = (a: Dim, b: Dim): Dim => (a !== '?' && b !== '?' && mayEqual(a, b) ? a : '?');

/**
 * Returns the shape to which shapes broadcast (ONNX's multidirectional broadcasting), or undefined if they do not. If
 * an unknown or different symbolic length meets a known one other than 1, the result is the known one.
 */
export const broadcast = (...shapes: readonly (readonly Dim[])[]): readonly Dim[] | undefined => broadcastAll(shapes);

/** Returns the shape to which all shapes of a list broadcast, as in `broadcast`. */
export const broadcastAll = (shapes: readonly (readonly Dim[])[]): readonly Dim[] | undefined => {
  const rank = shapes.reduce((most, shape) => Math.max(most, shape.length), 0);
  const result: Dim[] = [];
  for (let i = 0; i < rank; i++) {
    let dim: Dim = 1;
    for (const shape of shapes) {
      const next = shape[shape.length - rank + i] ?? 1;
      const both = broadcastDim(dim, next);
      if (both === undefined) return undefined;
      dim = both;
    }
    result.push(dim);
  }
  return result;
};

const broadcastDim = (a: Dim, b: Dim): Dim | undefined => {
  if (a === b || b === 1) return a;
  if (a === 1) return b;
  if (typeof a === 'number' && typeof b === 'number') return undefined;
  if (typeof a === 'number') return a;
  if (typeof b === 'number') return b;
  return common(a, b);
};

/** Whether a shape broadcasts to another without changing it (ONNX's unidirectional broadcasting). */
export const broadcastsTo = (from: readonly Dim[], to: readonly Dim[]): boolean =>
  from.length <= to.length &&
  from.every((dim, i) => dim === 1 || mayEqual(dim, to[to.length - from.length + i] ?? '?'));
