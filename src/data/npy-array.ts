import { endianness } from 'node:os';
import { InvalidFile } from '../errors.ts';
import { fromHalf } from '../float16.ts';
import { show } from '../shape/show.ts';
import { size } from '../shape/size.ts';

/** An array in NumPy's format: row-major numbers, or texts. */
export interface NpyArray {
  readonly shape: readonly number[];
  readonly data: NpyNumbers | readonly string[];
}

type NpyNumbers =
  Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array | Float32Array | Float64Array;

const MAGIC = [0x93, ...Buffer.from('NUMPY')];

/**
 * Decodes an array that `numpy.save` has written: whole numbers, floating-point numbers, truth values and texts of fixed length, in
 * either order of bytes and axes. Throws an `InvalidFile` for Python objects, complex numbers and dates, and for other bytes.
 */
export const decodeNpy = (bytes: Uint8Array, name: string): NpyArray => {
  const { kind, width, isSwapped, isFortran, shape, start } = headerOf(bytes, name);
  const count = size(shape);
  const length = count * width * (kind === 'U' ? 4 : 1);
  if (bytes.length - start !== length)
    throw damaged(name, `${show(shape)} in ${bytes.length - start} bytes in place of ${length}`);
  // A copy of its own begins where elements of any width may begin.
  const body = Uint8Array.from(bytes.subarray(start));
  if (kind === 'U' || kind === 'S') {
    const texts = textsOf(body, kind, width, count, isSwapped);
    return { shape, data: isFortran ? rowMajor(texts, shape) : texts };
  }
  if (isSwapped) swap(body, width);
  const data = numbersOf(body.buffer, kind, width, name);
  return { shape, data: isFortran ? data.slice().map((_, i) => data[columnMajorAt(i, shape)] ?? 0) : data };
};

interface Header {
  readonly kind: string;
  readonly width: number;
  readonly isSwapped: boolean;
  readonly isFortran: boolean;
  readonly shape: readonly number[];
  readonly start: number;
}

const headerOf = (bytes: Uint8Array, name: string): Header => {
  if (!MAGIC.every((byte, i) => bytes[i] === byte)) throw damaged(name, 'other bytes');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isFirst = view.getUint8(6) === 1;
  const start = isFirst ? 10 : 12;
  const length = isFirst ? view.getUint16(8, true) : view.getUint32(8, true);
  const text = Buffer.from(bytes.subarray(start, start + length)).toString('latin1');
  const [, order = '', kind = '', digits = ''] = /'descr':\s*'([<>|=])([a-zA-Z])(\d+)/.exec(text) ?? [];
  const [, fortran] = /'fortran_order':\s*(True|False)/.exec(text) ?? [];
  const [, axes] = /'shape':\s*\(([\d,\sL]*)\)/.exec(text) ?? [];
  if (kind === '' || fortran === undefined || axes === undefined)
    throw damaged(name, `an array of another form (${text.trim().slice(0, 80)})`);
  const shape = axes
    .split(',')
    .map((axis) => axis.trim())
    .filter((axis) => axis !== '')
    .map((axis) => Number.parseInt(axis, 10));
  const own = endianness() === 'LE' ? '<' : '>';
  const isSwapped = order !== own && order !== '|' && order !== '=';
  return { kind, width: Number(digits), isSwapped, isFortran: fortran === 'True', shape, start: start + length };
};

const numbersOf = (buffer: ArrayBufferLike, kind: string, width: number, name: string): NpyNumbers => {
  switch (`${kind}${width}`) {
    case 'b1':
    case 'u1':
      return new Uint8Array(buffer);
    case 'i1':
      return new Int8Array(buffer);
    case 'u2':
      return new Uint16Array(buffer);
    case 'i2':
      return new Int16Array(buffer);
    case 'u4':
      return new Uint32Array(buffer);
    case 'i4':
      return new Int32Array(buffer);
    case 'u8':
      return Float64Array.from(new BigUint64Array(buffer), Number);
    case 'i8':
      return Float64Array.from(new BigInt64Array(buffer), Number);
    case 'f2':
      return Float32Array.from(new Uint16Array(buffer), fromHalf);
    case 'f4':
      return new Float32Array(buffer);
    case 'f8':
      return new Float64Array(buffer);
    default:
      throw new InvalidFile(
        `${name}: expected an array of numbers, truth values or texts, got the type ${kind}${width}; convert it with astype`,
      );
  }
};

/** Reads texts of `width` characters of four bytes each, or of bytes; what is left of each is 0. */
const textsOf = (bytes: Uint8Array, kind: 'U' | 'S', width: number, count: number, isSwapped: boolean): string[] => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = (endianness() === 'LE') !== isSwapped;
  return Array.from({ length: count }, (_, i) => {
    const codes = Array.from({ length: width }, (_, j) => {
      const at = i * width + j;
      return kind === 'U' ? view.getUint32(4 * at, little) : view.getUint8(at);
    });
    return String.fromCodePoint(...codes.filter((code) => code !== 0));
  });
};

const swap = (bytes: Uint8Array, width: number): void => {
  for (let at = 0; at + width <= bytes.length; at += width) bytes.subarray(at, at + width).reverse();
};

/** Returns where the row-major element `i` lies in an array whose first axis is the fastest. */
const columnMajorAt = (i: number, shape: readonly number[]): number => {
  const strides = shape.map((_, axis) => size(shape.slice(0, axis)));
  let [rest, at] = [i, 0];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const length = shape[axis] ?? 1;
    at += (rest % length) * (strides[axis] ?? 0);
    rest = Math.floor(rest / length);
  }
  return at;
};

const rowMajor = (texts: readonly string[], shape: readonly number[]): readonly string[] =>
  texts.map((_, i) => texts[columnMajorAt(i, shape)] ?? '');

const damaged = (name: string, got: string): InvalidFile =>
  new InvalidFile(`${name}: expected an array that numpy.save has written, got ${got}; save it again`);
