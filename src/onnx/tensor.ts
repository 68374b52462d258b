import { InvalidGraph } from '../errors.ts';
import { fromHalf, toHalf } from '../float16.ts';
import { show } from '../shape/show.ts';
import { size } from '../shape/size.ts';
import { brief } from '../values/brief.ts';
import type { DType } from './dtype.ts';
import type { OnnxTensor } from './graph.ts';

/**
 * Creates a tensor of a type and shape from numbers in row-major order. Numbers are rounded as arrays of the type round
 * them; a bool is true unless 0.
 *
 * @throws InvalidGraph if the number of elements does not match the shape, and for another type.
 */
export const tensorOf = (dtype: DType, shape: readonly number[], numbers: ArrayLike<number>): OnnxTensor => {
  if (size(shape) !== numbers.length)
    throw new InvalidGraph(
      `tensor: expected ${size(shape)} numbers for the shape ${show(shape)}, got ${numbers.length}; give as many numbers as the shape has elements`,
    );
  switch (dtype) {
    case 'float16':
      return { dtype, shape, data: Uint16Array.from(numbers, toHalf) };
    case 'float32':
      return { dtype, shape, data: Float32Array.from(numbers) };
    case 'float64':
      return { dtype, shape, data: Float64Array.from(numbers) };
    case 'int8':
      return { dtype, shape, data: Int8Array.from(numbers) };
    case 'int32':
      return { dtype, shape, data: Int32Array.from(numbers) };
    case 'int64':
      return { dtype, shape, data: BigInt64Array.from(Array.from(numbers, toBigInt)) };
    case 'uint8':
      return { dtype, shape, data: Uint8Array.from(numbers) };
    case 'bool':
      return { dtype, shape, data: Uint8Array.from(numbers, (x) => (x === 0 ? 0 : 1)) };
    default: // which only JavaScript gives
      throw new InvalidGraph(`tensor: expected a type such as float32 or int64, got ${brief(dtype)}; correct it`);
  }
};

/** The largest int64, which means "to the end" in ONNX: a number cannot hold it. */
const INT64_MAX = 2n ** 63n - 1n;

const toBigInt = (x: number): bigint => {
  if (!Number.isFinite(x)) return x > 0 ? INT64_MAX : -INT64_MAX - 1n;
  const whole = BigInt(Math.trunc(x));
  return whole > INT64_MAX ? INT64_MAX : whole;
};

/** Returns a tensor's elements as numbers (float16 decoded, int64 rounded to 53 bits, bool as 0 and 1). */
export const numbersOf = (tensor: OnnxTensor): Float64Array => {
  switch (tensor.dtype) {
    case 'float16':
      return Float64Array.from(tensor.data, fromHalf);
    case 'int64':
      return Float64Array.from(tensor.data, Number);
    default:
      return Float64Array.from(tensor.data);
  }
};
