import { size } from '../shape/size.ts';
import type { OnnxNode } from '../onnx/graph.ts';
import { scaled, type Constant } from './weights.ts';

/** Constants by the names of values. */
type Constants = ReadonlyMap<string, Constant>;

/**
 * Returns what a node makes of a constant if it only says how that is stored: a conversion, a factor of whole numbers, or a step of taking
 * whole numbers of four bits out of bytes; undefined for any other node.
 */
export const storedBy = (node: OnnxNode, constants: Constants): Constant | undefined => {
  const { op, inputs, attributes } = node;
  const found = inputs.map((name) => constants.get(name));
  const given = found.filter((one) => one !== undefined);
  const [first, second] = found;
  if (op === 'Cast') return attributes['to'] === FLOAT ? first : undefined;
  if (op === 'Mul' && first?.stored === 'int8' && !first.scales && second) return scaled(first, second);
  if (!first || given.length < inputs.length || !(first.isPacked || first.stored === 'int4')) return undefined;
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

/** The first elements along one axis. */
const sliced = ([of, starts, ends, axes, steps]: readonly Constant[]): Constant | undefined => {
  const [axis = NaN] = Array.from(axes?.data ?? []);
  const [end = NaN] = Array.from(ends?.data ?? []);
  const length = of?.shape[axis];
  if (!of || length === undefined || starts?.data[0] !== 0 || ends?.data.length !== 1 || steps || !(end <= length))
    return undefined;
  const inner = size(of.shape.slice(axis + 1));
  const isIn = (_: unknown, i: number): boolean => Math.floor(i / inner) % length < end;
  return {
    ...of,
    shape: of.shape.with(axis, end),
    data: Float32Array.from(Array.from(of.data).filter(isIn)),
    ...(of.scales && { scales: of.scales.filter(isIn) }),
  };
};
