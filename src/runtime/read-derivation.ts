import { isBinary, isUnary, product, type Derivation, type Run } from '../exchange.ts';
import { brief, json, number, numbers, object, oneOf, size, sizes, text, type Read, type Refuse } from './json.ts';

/** So deep an expression of parameters may be: passes make a few dozen of it. */
const DEEPEST = 1000;
/** So many numbers a part of one may have. */
const LARGEST = 2 ** 29;

/** How an initializer follows from parameters, in a `model.json`: refused unless it can be computed, and gives its shape. */
export const readDerivation =
  (shape: readonly number[]): Read<Derivation> =>
  (value, at, refuse) => {
    const { how, shape: found } = read(value, at, refuse, 0);
    if (product(found) !== product(shape)) refuse(`${at} to give ${product(shape)} numbers`, brief(product(found)));
    return how;
  };

interface Found {
  readonly how: Derivation;
  readonly shape: readonly number[];
}

const read = (value: unknown, at: string, refuse: Refuse, depth: number): Found => {
  if (depth > DEEPEST) refuse(`${at} to be less deep`, 'a deeper one');
  const node = json(value, at, refuse);
  const op = text(node['op'], `${at}.op`, refuse);
  const inner = (key: string): Found => read(node[key], `${at}.${key}`, refuse, depth + 1);
  const result = (how: Derivation, shape: readonly number[]): Found => {
    if (!(product(shape) <= LARGEST)) refuse(`${at} to be of at most ${LARGEST} numbers`, brief(shape));
    return { how, shape };
  };
  if (op === 'parameter') {
    const leaf = object({ op: oneOf('parameter'), name: text, shape: sizes })(value, at, refuse);
    return result(leaf, leaf.shape);
  }
  if (op === 'constant') {
    const leaf = object({ op: oneOf('constant'), values: numbers, shape: sizes })(value, at, refuse);
    if (leaf.values.length !== product(leaf.shape))
      refuse(`${at}.values to be as many as ${at}.shape has`, brief(leaf.shape));
    return result(leaf, leaf.shape);
  }
  const { how: of, shape } = inner('of');
  if (isBinary(op)) {
    const { how: by, shape: other } = inner('by');
    return result({ op, of, by }, broadcast(shape, other, at, refuse));
  }
  if (isUnary(op) || op === 'round') return result({ op, of }, shape);
  if (op === 'reshape') {
    const to = sizes(node['shape'], `${at}.shape`, refuse);
    if (product(to) !== product(shape)) refuse(`${at}.shape to be of ${product(shape)} numbers`, brief(to));
    return result({ op, of, shape: to }, to);
  }
  if (op === 'transpose') {
    const perm = sizes(node['perm'], `${at}.perm`, refuse);
    if (perm.toSorted((a, b) => a - b).join() !== shape.map((_, i) => i).join())
      refuse(`${at}.perm to be the axes of ${brief(shape)}`, brief(perm));
    return result(
      { op, of, perm },
      perm.map((axis) => shape[axis] ?? 1),
    );
  }
  if (op === 'sum') {
    const axes = sizes(node['axes'], `${at}.axes`, refuse);
    if (axes.some((axis) => axis >= shape.length)) refuse(`${at}.axes to be axes of ${brief(shape)}`, brief(axes));
    return result(
      { op, of, axes },
      shape.filter((_, axis) => !axes.includes(axis)),
    );
  }
  if (op !== 'gather') return refuse(`${at}.op to be a known operation`, brief(op));
  const axis = size(node['axis'], `${at}.axis`, refuse);
  const length = shape[axis] ?? refuse(`${at}.axis to be an axis of ${brief(shape)}`, brief(axis));
  const places = readRuns(node['places'], `${at}.places`, length, refuse);
  const count = places.reduce((sum, { lengths }) => sum + product(lengths), 0);
  return result(
    { op, of, axis, places },
    shape.map((own, i) => (i === axis ? count : own)),
  );
};

/** Runs whose numbers are all from 0 to below a length. */
const readRuns = (value: unknown, at: string, length: number, refuse: Refuse): readonly Run[] => {
  if (!Array.isArray(value)) return refuse(`${at} to be a list`, brief(value));
  return value.map((entry: unknown, i) => {
    const run = object({ start: number, lengths: sizes, steps: numbers })(entry, `${at}.${i}`, refuse);
    const ends = run.steps.map((step, axis) => step * ((run.lengths[axis] ?? 1) - 1));
    const [least, most] = [Math.min, Math.max].map((choose) =>
      ends.reduce((sum, end) => sum + choose(end, 0), run.start),
    );
    const fits =
      run.lengths.length === run.steps.length &&
      product(run.lengths) <= LARGEST &&
      (least ?? -1) >= 0 &&
      (most ?? length) < length;
    return fits ? run : refuse(`${at}.${i} to be places below ${length}`, brief(run));
  });
};

/** The shape of two operands together, as ONNX broadcasts them. */
const broadcast = (a: readonly number[], b: readonly number[], at: string, refuse: Refuse): readonly number[] => {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const [x = 1, y = 1] = [a[axis - rank + a.length], b[axis - rank + b.length]];
    if (x !== y && x !== 1 && y !== 1) refuse(`${at} to be of shapes that broadcast`, brief([a, b]));
    return x === 1 ? y : x;
  });
};
