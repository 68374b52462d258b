import { size } from '../shape/size.ts';
import type { OnnxNode } from '../onnx/graph.ts';
import { scaled, type Constant } from './weights.ts';

/** Constants by the names of values. */
type Constants = ReadonlyMap<string, Constant>;

/**
 * Returns what a node makes of a constant if it only says how that is stored: a conversion, a factor of whole numbers, or a step of taking
 * whole numbers of four bits out of bytes; or which of it are weights, as the channel behind a kernel's own by which a GRU with a mask holds
 * its state, and one direction of an LSTM's. Undefined for any other node.
 */
export const storedBy = (node: OnnxNode, constants: Constants): Constant | undefined => {
  const { op, inputs, attributes } = node;
  const found = inputs.map((name) => constants.get(name));
  const given = found.filter((one) => one !== undefined);
  const [first, second] = found;
  if (op === 'Cast') return attributes['to'] === FLOAT ? first : undefined;
  if (op === 'Mul' && first?.stored === 'int8' && !first.scales && second) return scaled(first, second);
  if (!first || given.length < inputs.length) return undefined;
  if (!first.isPacked && first.stored !== 'int4') {
    if (op === 'Concat') return concatenated(given, Number(attributes['axis']));
    return op === 'Slice' ? sliced(given) : undefined;
  }
  switch (op) {
    case 'Floor':
      return { ...first, data: Float32Array.from(first.data, Math.floor) };
    case 'Sub':
      return second && elementwise(first, second, (a, b) => a - b);
    case 'Mul':
      return second && (elementwise(first, second, (a, b) => a * b) ?? factored(first, second));
    case 'Concat':
      return first.shape.length === 1 ? joined(given) : undefined;
    case 'Reshape':
      return second && { ...first, shape: Array.from(second.data) };
    case 'Slice':
      return sliced(given);
    default:
      return undefined;
  }
};

/** ONNX's number of float32. */
const FLOAT = 1;

/** Computes elements with those of a constant of the same shape, or with a number. */
const elementwise = (a: Constant, b: Constant, f: (x: number, y: number) => number): Constant | undefined => {
  const isOne = b.data.length === 1;
  if (a.scales || (!isOne && size(a.shape) !== size(b.shape))) return undefined;
  return { ...a, data: Float32Array.from(a.data, (x, i) => f(x, b.data[isOne ? 0 : i] ?? NaN)) };
};

/** Whole numbers of four bits with their scales. */
const factored = ({ shape, data, scales }: Constant, scale: Constant): Constant | undefined => {
  if (scales || Array.from(data).some((code) => code < -8 || code > 7)) return undefined;
  return scaled({ shape, data, stored: 'int4' }, scale);
};

const joined = (all: readonly Constant[]): Constant | undefined => {
  const [first] = all;
  const data = Float32Array.from(all.flatMap((one) => Array.from(one.data)));
  return first && { ...first, shape: [data.length], data };
};

/** Constants one behind the other along an axis, as numbers of the most bits that one of them has. */
const concatenated = (all: readonly Constant[], given: number): Constant | undefined => {
  const { shape = [] } = all[0] ?? {};
  const axis = given < 0 ? given + shape.length : given;
  if (all.some((one) => one.isPacked || one.shape.length !== shape.length)) return undefined;
  const rows = size(shape.slice(0, axis));
  const data = new Float32Array(all.reduce((sum, one) => sum + one.data.length, 0));
  let at = 0;
  for (let row = 0; row < rows; row++)
    for (const one of all) {
      const width = one.data.length / rows;
      for (let i = 0; i < width; i++) data[at++] = one.data[row * width + i] ?? 0;
    }
  const length = all.reduce((sum, one) => sum + (one.shape[axis] ?? 0), 0);
  const isHalf = all.every((one) => one.stored === 'float16');
  return { shape: shape.with(axis, length), data, stored: isHalf ? 'float16' : 'float32' };
};

/** Elements along one axis, from a place to another. */
const sliced = ([of, starts, ends, axes, steps]: readonly Constant[]): Constant | undefined => {
  const [axis = NaN] = Array.from(axes?.data ?? []);
  const [[start = NaN], [end = NaN]] = [Array.from(starts?.data ?? []), Array.from(ends?.data ?? [])];
  const length = of?.shape[axis];
  if (!of || length === undefined || ends?.data.length !== 1 || steps || !(start >= 0 && start < end && end <= length))
    return undefined;
  const inner = size(of.shape.slice(axis + 1));
  const isIn = (_: unknown, i: number): boolean => {
    const place = Math.floor(i / inner) % length;
    return place >= start && place < end;
  };
  return {
    ...of,
    shape: of.shape.with(axis, end - start),
    data: Float32Array.from(Array.from(of.data).filter(isIn)),
    ...(of.scales && { scales: of.scales.filter(isIn) }),
  };
};
