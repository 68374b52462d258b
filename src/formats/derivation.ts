import { size } from '../shape/size.ts';
import { asJson } from '../values/as-json.ts';
import { check, type Refuse } from './read.ts';
import { json, listed, number, numbers, object, oneOf, whole, wholes, text } from './schema.ts';

/**
 * How the numbers of an initializer are derived from parameters: an expression of a few kinds of operations, computed in double
 * precision, so that other weights can replace those that a file was exported with. Broadcasting is ONNX's. `L` are its leaves.
 */
export type Derivation<L = Leaf> =
  | L
  | { readonly op: 'transpose'; readonly of: Derivation<L>; readonly perm: readonly number[] }
  | { readonly op: 'reshape'; readonly of: Derivation<L>; readonly shape: readonly number[] }
  /** The elements at these places of an axis, in this order. */
  | { readonly op: 'gather'; readonly of: Derivation<L>; readonly axis: number; readonly places: readonly Run[] }
  /** The sum over these axes, which are removed. */
  | { readonly op: 'sum'; readonly of: Derivation<L>; readonly axes: readonly number[] }
  /** Rounded to float32, as a file holds it. */
  | { readonly op: 'round'; readonly of: Derivation<L> }
  | { readonly op: Unary; readonly of: Derivation<L> }
  | { readonly op: Binary; readonly of: Derivation<L>; readonly by: Derivation<L> };

/** The leaves of an expression: a parameter by its name, or numbers that training does not change. */
export type Leaf =
  | { readonly op: 'parameter'; readonly name: string; readonly shape: readonly number[] }
  | { readonly op: 'constant'; readonly values: readonly number[]; readonly shape: readonly number[] };

/** Whole numbers as nested loops: from a start, with this many steps of each width, the last the innermost. */
export interface Run {
  readonly start: number;
  readonly lengths: readonly number[];
  readonly steps: readonly number[];
}

/** Operations of one operand. */
export type Unary = 'neg' | 'abs' | 'relu' | 'sqrt' | 'exp' | 'log';
/** Operations of two. */
export type Binary = 'add' | 'sub' | 'mul' | 'div';

/** The largest depth of an expression of parameters: passes create a few dozen levels. */
const DEEPEST = 1000;
/** The largest number of elements in a part of one. */
const LARGEST = 2 ** 29;

// The members of an expression of each kind, in addition to its operands.
const node = object({ op: text });
// All operations of one operand, and of two; the types ensure that these are complete.
const UNARY: Readonly<Record<Unary, true>> = { neg: true, abs: true, relu: true, sqrt: true, exp: true, log: true };
const BINARY: Readonly<Record<Binary, true>> = { add: true, sub: true, mul: true, div: true };
const isUnary = (op: string): op is Unary => Object.hasOwn(UNARY, op);
const isBinary = (op: string): op is Binary => Object.hasOwn(BINARY, op);

const parameter = object({ op: oneOf('parameter'), name: text, shape: wholes });
const constant = object({ op: oneOf('constant'), values: numbers, shape: wholes });
const reshape = object({ shape: wholes });
const transpose = object({ perm: wholes });
const sum = object({ axes: wholes });
const run = object({ start: number, lengths: wholes, steps: numbers });
const gather = object({ axis: whole, places: listed(run) });

/**
 * Reads the derivation of an initializer of this shape in a `model.json`: refused unless it can be computed, and results in the
 * shape.
 */
export const readDerivation = (shape: readonly number[], value: unknown, at: string, refuse: Refuse): Derivation => {
  const { how, shape: found } = read(value, at, refuse, 0);
  if (size(found) !== size(shape)) refuse(`${at} to give ${size(shape)} numbers`, asJson(size(found)));
  return how;
};

interface Found {
  readonly how: Derivation;
  readonly shape: readonly number[];
}

// Validated by hand from node to node: the operands determine what is valid around them, and no schema nests a thousand levels
// deep.
const read = (value: unknown, at: string, refuse: Refuse, depth: number): Found => {
  if (depth > DEEPEST) refuse(`${at.slice(0, 60)}… to be less deep`, 'a deeper one');
  const { op } = check(node, value, at, refuse);
  const inner = (key: 'of' | 'by'): Found =>
    read(check(json, value, at, refuse)[key], `${at}.${key}`, refuse, depth + 1);
  const result = (how: Derivation, shape: readonly number[]): Found => {
    if (!(size(shape) <= LARGEST)) refuse(`${at} to be of at most ${LARGEST} numbers`, asJson(shape));
    return { how, shape };
  };
  if (op === 'parameter') {
    const leaf = check(parameter, value, at, refuse);
    return result(leaf, leaf.shape);
  }
  if (op === 'constant') {
    const leaf = check(constant, value, at, refuse);
    if (leaf.values.length !== size(leaf.shape))
      refuse(`${at}.values to be as many as ${at}.shape has`, asJson(leaf.shape));
    return result(leaf, leaf.shape);
  }
  const { how: of, shape } = inner('of');
  if (isBinary(op)) {
    const { how: by, shape: other } = inner('by');
    return result({ op, of, by }, broadcast(shape, other, at, refuse));
  }
  if (isUnary(op) || op === 'round') return result({ op, of }, shape);
  if (op === 'reshape') {
    const { shape: to } = check(reshape, value, at, refuse);
    if (size(to) !== size(shape)) refuse(`${at}.shape to be of ${size(shape)} numbers`, asJson(to));
    return result({ op, of, shape: to }, to);
  }
  if (op === 'transpose') {
    const { perm } = check(transpose, value, at, refuse);
    if (perm.toSorted((a, b) => a - b).join() !== shape.map((_, i) => i).join())
      refuse(`${at}.perm to be the axes of ${asJson(shape)}`, asJson(perm));
    return result(
      { op, of, perm },
      perm.map((axis) => shape[axis] ?? 1),
    );
  }
  if (op === 'sum') {
    const { axes } = check(sum, value, at, refuse);
    if (axes.some((axis) => axis >= shape.length)) refuse(`${at}.axes to be axes of ${asJson(shape)}`, asJson(axes));
    return result(
      { op, of, axes },
      shape.filter((_, axis) => !axes.includes(axis)),
    );
  }
  if (op !== 'gather') return refuse(`${at}.op to be a known operation`, asJson(op));
  const { axis, places } = check(gather, value, at, refuse);
  const length = shape[axis] ?? refuse(`${at}.axis to be an axis of ${asJson(shape)}`, asJson(axis));
  places.forEach((one, i) => checkRun(one, `${at}.places.${i}`, length, refuse));
  const count = places.reduce((all, { lengths }) => all + size(lengths), 0);
  return result(
    { op, of, axis, places },
    shape.map((own, i) => (i === axis ? count : own)),
  );
};

/** Refuses a run whose numbers are not all from 0 to below a length. */
const checkRun = (one: Run, at: string, length: number, refuse: Refuse): void => {
  const ends = one.steps.map((step, axis) => step * ((one.lengths[axis] ?? 1) - 1));
  const [least, most] = [Math.min, Math.max].map((choose) =>
    ends.reduce((all, end) => all + choose(end, 0), one.start),
  );
  const fits =
    one.lengths.length === one.steps.length &&
    size(one.lengths) <= LARGEST &&
    (least ?? -1) >= 0 &&
    (most ?? length) < length;
  if (!fits) refuse(`${at} to be places below ${length}`, asJson(one));
};

/** Returns the broadcast shape of two operands, as in ONNX. */
const broadcast = (a: readonly number[], b: readonly number[], at: string, refuse: Refuse): readonly number[] => {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const [x = 1, y = 1] = [a[axis - rank + a.length], b[axis - rank + b.length]];
    if (x !== y && x !== 1 && y !== 1) refuse(`${at} to be of shapes that broadcast`, asJson([a, b]));
    return x === 1 ? y : x;
  });
};
