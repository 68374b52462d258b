import { toHalf } from '../float16.ts';
import { numbersOf } from '../onnx/tensor.ts';
import type { OnnxTensor } from '../onnx/graph.ts';
import { f32, i32, v128 } from './code/expression.ts';
import type { ModuleBuilder, Segment } from './code/module.ts';

/** How numbers are stored in a module. */
export type Stored = 'float32' | 'float16';

/** A constant of a graph: its numbers, and how they are stored. */
export interface Constant {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
  readonly stored: Stored;
}

/** Returns an initializer as a constant: of whole numbers, and truths, as numbers. */
export const constantOf = (tensor: OnnxTensor): Constant => ({
  shape: tensor.shape,
  data: tensor.dtype === 'float32' ? tensor.data : numbersOf(tensor),
  stored: tensor.dtype === 'float16' ? 'float16' : 'float32',
});

interface Placed {
  readonly at: number;
  readonly numbers: Float32Array;
  readonly stored: Stored;
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

  /** Returns the address of these numbers while the module runs; equal ones have one. 12 bytes behind them may be read. */
  place(numbers: Float32Array, stored: Stored): number {
    const key = `${stored} ${numbers.length} ${hash(numbers)}`;
    const alike = this.#known.get(key) ?? [];
    const same = alike.find((one) => one.numbers.every((value, i) => Object.is(value, numbers[i])));
    if (same) return same.at;
    const placed = { at: this.#end, numbers, stored };
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
    const halves: (Placed & { readonly from: number })[] = [];
    let from = this.#end;
    for (const one of this.#placed) {
      if (one.stored === 'float32') {
        segments.push({ at: one.at, bytes: bytesOf(one.numbers) });
        continue;
      }
      const bytes = bytesOf(Uint16Array.from(one.numbers, toHalf));
      segments.push({ at: from, bytes });
      halves.push({ ...one, from });
      from += Math.ceil(bytes.length / 16) * 16;
    }
    if (halves.length > 0) {
      const expand = halfExpander(module);
      module.export(
        'expand',
        module.kernel('expand all', [], undefined, (code) => {
          for (const { at, from: source, numbers } of halves) code.call(expand, at, source, numbers.length);
        }),
      );
    }
    return { segments: joined(segments), end: from };
  }
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array | Uint16Array): Uint8Array =>
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
