import { size } from '../../shape/size.ts';
import { f32, i32, v128, type Expr, type Int } from '../code/expression.ts';
import type { Code, Local } from '../code/function.ts';
import type { ModuleBuilder } from '../code/module.ts';
import { biasCode, PANEL, product } from './product.ts';

/** Three axes of an image, the innermost last; images of fewer axes have 1 or 0 in front. */
export type Three<T> = readonly [T, T, T];

/** How a kernel lies on an image: numbers of bytes are from the image's beginning, whose channels lie one behind the other. */
export interface Lay {
  /** The number of the kernel's elements along each axis, and the bytes between two of them. */
  readonly taps: Three<number>;
  readonly apart: Three<number>;
  /** The number of positions along each axis, and the bytes between two of them. */
  readonly positions: Three<number>;
  readonly steps: Three<number>;
  readonly channels: number;
  /** The bytes of a channel. */
  readonly channel: number;
}

/** The numbers of a panel for a kernel of this size: eight positions. */
export const panelOf = ({ taps, channels }: Lay): number => PANEL * channels * size(taps);

/** Fewer features than this are summed up directly. */
const FEW = 4;

/** Where a kernel's elements lie: a table of how many bytes each lies behind the first, and its length. */
interface Kernel {
  readonly table: Local<'i32'>;
  readonly k: Local<'i32'>;
}

/** Returns the table of a kernel: as bits of whole numbers, channel by channel. */
export const tableOf = ({ taps: [tz, ty, tx], apart: [az, ay, ax], channels, channel }: Lay): Float32Array => {
  const offsets: number[] = [];
  for (let c = 0; c < channels; c++)
    for (let z = 0; z < tz; z++)
      for (let y = 0; y < ty; y++) for (let x = 0; x < tx; x++) offsets.push(c * channel + z * az + y * ay + x * ax);
  return new Float32Array(Int32Array.from(offsets).buffer);
};

/** Runs `body` for every element of a kernel, with how many bytes it lies behind the first. */
const overKernel = (code: Code, { table, k }: Kernel, body: (at: Local<'i32'>) => void): void => {
  const next = code.int(table);
  const end = code.int(i32.add(table, i32.mul(k, 4)));
  code.while(i32.lt(next, end), () => {
    body(code.int(i32.load(next)));
    code.increase(next, 4);
  });
};

/** Where eight positions in a row, and all that is summed up there, lie. */
interface Sums {
  readonly lead: Local<'i32'>;
  readonly weights: Local<'i32'>;
  readonly bias: Local<'i32'>;
  readonly into: Local<'i32'>;
  readonly features: Local<'i32'>;
  readonly count: Local<'i32'>;
}

/** Writes the sums of each feature at eight positions that lie in a row. */
const sumUp = (code: Code, kernel: Kernel, { lead, weights, bias, into, features, count }: Sums): void => {
  const [add, weight, target] = [code.int(bias), code.int(weights), code.int(into)];
  code.range(0, features, 1, () => {
    const sums = [0, 16].map(() => code.local('v128', v128.loadSplat(add)));
    overKernel(code, kernel, (at) => {
      const from = code.int(i32.add(lead, at));
      const w = code.local('v128', v128.loadSplat(weight));
      sums.forEach((sum, i) => code.set(sum, v128.add(sum, v128.mul(w, v128.load(from, 16 * i)))));
      code.increase(weight, 4);
    });
    sums.forEach((sum, i) => code.store(target, sum, 16 * i));
    code.increase(add, 4);
    code.set(target, i32.add(target, i32.mul(count, 4)));
  });
};

const PARAMS = Array.from({ length: 14 }, () => 'i32' as const);

/**
 * A convolution of one image: out[feature, position] = bias + Σ over channels and the kernel's elements of weight · image. What lies
 * under the kernel at eight positions is gathered in a panel, of which the product with the weights, [features, channels · elements],
 * gives eight columns. The image has its padding already. Parameters: image, weights, bias, out, panel, features, elements and their
 * table, positions and their distances along three axes (`Lay`).
 */
export const convolve = (module: ModuleBuilder) =>
  module.kernel('convolve', PARAMS, undefined, (code, ...given) => {
    const [image, weights, bias, out, panel, features, k, table, pz, py, px, sz, sy, sx] = given;
    if (!image || !weights || !bias || !out || !panel || !features || !k || !table) return;
    if (!pz || !py || !px || !sz || !sy || !sx) return;
    const count = code.int(i32.mul(i32.mul(pz, py), px));
    const multiply = product(module);
    const first = code.int(0);
    // Eight positions of one row, the last of which may overlap those before; where rows are shorter, whichever follow each other.
    const isLong = code.int(i32.ge(px, PANEL));
    code.while(i32.lt(first, count), () => {
      const placeOf = (p: Int): Expr<'i32'> => {
        const [x, row] = [i32.rest(p, px), code.int(i32.div(p, px))];
        const [y, z] = [i32.rest(row, py), i32.div(row, py)];
        return i32.add(image, i32.add(i32.add(i32.mul(z, sz), i32.mul(y, sy)), i32.mul(x, sx)));
      };
      const lead = code.int(placeOf(first));
      const isNext = code.int(i32.and(isLong, i32.eq(sx, 4)));
      const isSecond = code.int(i32.and(isLong, i32.eq(sx, 8)));
      const into = code.int(i32.add(out, i32.mul(first, 4)));
      const steps = { table, k };
      const gathered = (): void => {
        const lanes = Array.from({ length: PANEL }, () => code.int(0));
        code.if(i32.eq(i32.or(isNext, isSecond), 0), () =>
          lanes.forEach((lane, i) => {
            const next = code.int(i32.add(first, i));
            const p = code.int(i32.select(i32.lt(next, count), next, i32.sub(count, 1)));
            code.set(lane, placeOf(p));
          }),
        );
        const to = code.int(panel);
        overKernel(code, steps, (at) => {
          const from = code.int(i32.add(lead, at));
          code.if(
            isNext,
            () => [0, 16].forEach((offset) => code.store(to, v128.load(from, offset), offset)),
            () =>
              code.if(
                isSecond,
                () =>
                  [0, 16].forEach((offset) => {
                    const [left, right] = [v128.load(from, 2 * offset), v128.load(from, 2 * offset + 12)];
                    // The last vector ends with the last number that is needed.
                    code.store(to, v128.shuffle(left, right, [0, 2, 5, 7]), offset);
                  }),
                () => lanes.forEach((lane, i) => code.storeNumber(to, f32.load(i32.add(lane, at)), 4 * i)),
              ),
          );
          code.increase(to, 4 * PANEL);
        });
        const left = code.int(i32.sub(count, first));
        const columns = i32.select(i32.lt(left, PANEL), left, PANEL);
        code.call(
          multiply,
          weights,
          panel,
          into,
          bias,
          biasCode('rows'),
          features,
          columns,
          k,
          i32.mul(k, 4),
          i32.mul(count, 4),
        );
      };
      // Sums of few features need no panel.
      const isFew = i32.and(isNext, i32.lt(features, FEW));
      code.if(isFew, () => sumUp(code, steps, { lead, weights, bias, into, features, count }), gathered);
      // In a row, what is left of it may be fewer than eight.
      const rest = code.int(i32.sub(i32.sub(px, i32.rest(first, px)), PANEL));
      const isShort = i32.and(isLong, i32.and(i32.gt(rest, 0), i32.lt(rest, PANEL)));
      code.set(first, i32.add(first, i32.select(isShort, rest, PANEL)));
    });
  });
