import { toHalf } from '../float16.ts';
import { numbersOf } from '../onnx/tensor.ts';
import type { OnnxTensor } from '../onnx/graph.ts';
import { f32, i32, v128, type Expr } from './code/expression.ts';
import type { Code } from './code/function.ts';
import type { ModuleBuilder, Segment } from './code/module.ts';
import { blockAt, patternOf, type Pattern } from './pattern.ts';

/** How numbers are stored in a module; int8 and int4 as whole numbers, each of which has a scale that it shares with others. */
export type Stored = 'float32' | 'float16' | 'int8' | 'int4';

/** A constant of a graph: its numbers, and how they are stored. */
export interface Constant {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
  readonly stored: Stored;
  /** For int8 and int4, the scale of each of the numbers, which include it. */
  readonly scales?: Float32Array;
  /** Whether these are bytes, of which whole numbers of four bits are made. */
  readonly isPacked?: true;
}

/** Returns an initializer as a constant: of whole numbers, and truths, as numbers. */
export const constantOf = (tensor: OnnxTensor): Constant => ({
  shape: tensor.shape,
  data: tensor.dtype === 'float32' ? tensor.data : numbersOf(tensor),
  stored: tensor.dtype === 'float16' || tensor.dtype === 'int8' ? tensor.dtype : 'float32',
  ...(tensor.dtype === 'uint8' && { isPacked: true }),
});

/** Returns whole numbers times a scale that broadcasts to their shape. */
export const scaled = ({ shape, data, stored }: Constant, scale: Constant): Constant => {
  const skip = shape.length - scale.shape.length;
  const own = shape.map((_, axis) => scale.shape[axis - skip] ?? 1);
  const scales = Float32Array.from({ length: data.length }, (_, i) => {
    let [rest, at, stride] = [i, 0, 1];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const length = shape[axis] ?? 1;
      if (own[axis] !== 1) at += (rest % length) * stride;
      stride *= own[axis] ?? 1;
      rest = Math.floor(rest / length);
    }
    return scale.data[at] ?? 1;
  });
  return { shape, stored, scales, data: scales.map((factor, i) => factor * (data[i] ?? 0)) };
};

interface Placed {
  readonly at: number;
  readonly numbers: Float32Array;
  readonly stored: Stored;
  readonly pattern?: Pattern;
}

/**
 * The weights of a module, in the order and the arrangement in which kernels read them. This is the only place that knows how they
 * are stored: what is stored in fewer bits is expanded once, when the module is opened.
 */
export class Weights {
  readonly #placed: Placed[] = [];
  readonly #known = new Map<string, Placed[]>();
  #end: number;

  constructor(start: number) {
    this.#end = start;
  }

  /**
   * Returns the address of these numbers while the module runs; equal ones have one. 12 bytes behind them may be read. What is to be int8 or int4
   * comes with the scale of each number, and is stored as float32 if they follow no pattern.
   */
  place(numbers: Float32Array, wanted: Stored, scales?: Float32Array): number {
    const isWhole = wanted === 'int8' || wanted === 'int4';
    const pattern = isWhole && scales ? patternOf(scales) : undefined;
    const stored = isWhole && !pattern ? 'float32' : wanted;
    const key = `${stored} ${numbers.length} ${hash(numbers)}`;
    const alike = this.#known.get(key) ?? [];
    const same = alike.find((one) => one.numbers.every((value, i) => Object.is(value, numbers[i])));
    if (same) return same.at;
    const placed = { at: this.#end, numbers, stored, ...(pattern && { pattern }) };
    this.#placed.push(placed);
    this.#known.set(key, [...alike, placed]);
    this.#end += Math.ceil(numbers.length / 4) * 16;
    return placed.at;
  }

  /** The end of the expanded weights. */
  get end(): number {
    return this.#end;
  }

  /** Returns what the module holds from the start, and writes `expand`, which makes float32 of what is stored otherwise. */
  finish(module: ModuleBuilder): { readonly segments: readonly Segment[]; readonly end: number } {
    const segments: Segment[] = [];
    const expansions: ((code: Code) => void)[] = [];
    let from = this.#end;
    const put = (bytes: Uint8Array): number => {
      const at = from;
      segments.push({ at, bytes });
      from += Math.ceil(bytes.length / 16) * 16;
      return at;
    };
    for (const { at, numbers, stored, pattern } of this.#placed) {
      const { length } = numbers;
      if (stored === 'float32') segments.push({ at, bytes: bytesOf(numbers) });
      else if (pattern) {
        const { block, lanes, period, scales } = pattern;
        const whole = Int8Array.from(numbers, (value, i) => Math.round(value / (scales[blockAt(pattern, i)] ?? 1)));
        const bytes = stored === 'int4' ? pairsOf(whole) : bytesOf(whole);
        const [source, scale] = [put(bytes), put(bytesOf(scales))];
        const expander = stored === 'int4' ? fourExpander(module) : wholeExpander(module);
        expansions.push((code) => code.call(expander, at, source, length, scale, block, lanes, period));
      } else {
        const source = put(bytesOf(Uint16Array.from(numbers, toHalf)));
        expansions.push((code) => code.call(halfExpander(module), at, source, length));
      }
    }
    if (expansions.length > 0)
      module.export(
        'expand',
        module.kernel('expand all', [], undefined, (code) => expansions.forEach((expand) => expand(code))),
      );
    return { segments: joined(segments), end: from };
  }
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array | Uint16Array | Int8Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** Expands float16: the bits shifted into place, and the exponent's bias corrected by a product, which is right for all numbers. */
const halfExpander = (module: ModuleBuilder) =>
  module.kernel('expand float16', ['i32', 'i32', 'i32'], undefined, (code, to, from, count) => {
    code.range(0, count, 1, () => {
      const half = code.int(i32.load16(from));
      const size = f32.mul(f32.reinterpret(i32.shl(i32.and(half, 0x7fff), 13)), 2 ** 112);
      const bits = f32.reinterpret(i32.shl(i32.and(half, 0x8000), 16));
      code.storeNumber(to, f32.first(v128.or(v128.splat(size), v128.splat(bits))));
      code.increase(to, 4);
      code.increase(from, 2);
    });
  });

/** Two whole numbers in a byte, plus 8: the lower bits are those of the first. */
const pairsOf = (whole: Int8Array): Uint8Array =>
  Uint8Array.from(
    { length: Math.ceil(whole.length / 2) },
    (_, i) => (whole[2 * i] ?? 0) + 8 + 16 * ((whole[2 * i + 1] ?? 0) + 8),
  );

type Load = (from: Expr<'i32'>, i: Expr<'i32'>) => Expr<'i32'>;

/** Expands whole numbers: each times its scale, block by block (`Pattern`). */
const expander = (name: string, load: Load) => (module: ModuleBuilder) =>
  module.kernel(
    name,
    ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
    undefined,
    (code, to, from, count, scales, block, lanes, period) => {
      const [i, left] = [code.int(0), code.int(0)];
      code.while(i32.lt(i, count), () => {
        code.set(left, period);
        code.while(left, () => {
          const here = code.int(i32.select(i32.lt(left, block), left, block));
          code.range(0, here, 1, (at) => {
            const scale = f32.load(i32.add(scales, i32.mul(i32.rest(at, lanes), 4)));
            code.storeNumber(to, f32.mul(f32.fromSigned(load(from, i)), scale));
            code.increase(to, 4);
            code.increase(i, 1);
          });
          code.set(left, i32.sub(left, here));
          code.increase(scales, i32.mul(lanes, 4));
        });
      });
    },
  );

const wholeExpander = expander('expand int8', (from, i) => i32.load8(i32.add(from, i)));
const fourExpander = expander('expand int4', (from, i) => {
  const pair = i32.load8(i32.add(from, i32.shr(i, 1)));
  return i32.sub(i32.and(i32.shr(pair, i32.mul(i32.and(i, 1), 4)), 15), 8);
});

/** Makes one segment of those that lie one behind the other, with little between. */
const joined = (segments: readonly Segment[]): readonly Segment[] => {
  const groups: Segment[][] = [];
  for (const segment of [...segments].sort((a, b) => a.at - b.at)) {
    const last = groups.at(-1);
    const before = last?.at(-1);
    if (last && before && segment.at - before.at - before.bytes.length < 16) last.push(segment);
    else groups.push([segment]);
  }
  return groups.map((group) => {
    const [{ at } = { at: 0 }] = group;
    const end = group.at(-1);
    const bytes = new Uint8Array((end?.at ?? 0) + (end?.bytes.length ?? 0) - at);
    for (const one of group) bytes.set(one.bytes, one.at - at);
    return { at, bytes };
  });
};

/** FNV-1a of the bits of numbers. */
const hash = (numbers: Float32Array): number =>
  new Uint32Array(numbers.buffer, numbers.byteOffset, numbers.length).reduce(
    (sum, bits) => Math.imul(sum ^ bits, 16777619),
    -2128831035,
  );
