// Convolutions and pools over images, channels last, with TensorFlow's paddings.
import { contract, gather, made, sizeOf } from './array.ts';
import { labelOf, paramOf } from './scope.ts';
import { add, rowsOf, Tensor } from './tensor.ts';

interface Options {
  readonly kernel?: number;
  readonly size?: number;
  readonly stride?: number;
  readonly padding?: 'same' | 'valid';
}

/** How many windows there are along an axis, and how many elements of padding are before it. */
const along = (n: number, k: number, s: number, padding: string): readonly [count: number, before: number] => {
  if (padding === 'valid') return [Math.ceil((n - k + 1) / s), 0];
  const count = Math.ceil(n / s);
  return [count, Math.floor(Math.max((count - 1) * s + k - n, 0) / 2)];
};

const bias = (label: string): Tensor => new Tensor(paramOf(`${label}/bias`), 0);

export const conv2d =
  (filters: number, { kernel: k = 3, stride: s = 1, padding = 'same' }: Options = {}) =>
  (x: Tensor): Tensor => {
    const label = labelOf('conv2d');
    const [h = 0, w = 0, c = 0] = x.shape;
    const [rows = 1] = rowsOf(x);
    const [tall, top] = along(h, k, s, padding);
    const [wide, left] = along(w, k, s, padding);
    const value = contract(x.value, paramOf(`${label}/kernel`), [rows, tall, wide, filters], {
      each: (term) => {
        for (let n = 0; n < rows * tall * wide; n++) {
          const [row, i, j] = [Math.floor(n / (tall * wide)), Math.floor(n / wide) % tall, n % wide];
          for (let uv = 0; uv < k * k; uv++) {
            const [a, b] = [i * s + Math.floor(uv / k) - top, j * s + (uv % k) - left];
            if (a < 0 || a >= h || b < 0 || b >= w) continue;
            for (let d = 0; d < c; d++)
              for (let f = 0; f < filters; f++)
                term(n * filters + f, ((row * h + a) * w + b) * c + d, (uv * c + d) * filters + f);
          }
        }
      },
    });
    return add(new Tensor(value, x.lead), bias(label));
  };

export const convTranspose2d =
  (filters: number, { kernel: k = 3, stride: s = 1, padding = 'same' }: Options = {}) =>
  (x: Tensor): Tensor => {
    const label = labelOf('convTranspose2d');
    const [h = 0, w = 0, c = 0] = x.shape;
    const [rows = 1] = rowsOf(x);
    const grown = (n: number): number => (padding === 'same' ? n * s : (n - 1) * s + k);
    const [tall, wide] = [grown(h), grown(w)];
    const before = padding === 'same' ? Math.floor(Math.max(k - s, 0) / 2) : 0;
    const value = contract(x.value, paramOf(`${label}/kernel`), [rows, tall, wide, filters], {
      each: (term) => {
        for (let n = 0; n < rows * h * w; n++) {
          const [row, i, j] = [Math.floor(n / (h * w)), Math.floor(n / w) % h, n % w];
          for (let uv = 0; uv < k * k; uv++) {
            const [a, b] = [i * s + Math.floor(uv / k) - before, j * s + (uv % k) - before];
            if (a < 0 || a >= tall || b < 0 || b >= wide) continue;
            for (let f = 0; f < filters; f++)
              for (let d = 0; d < c; d++)
                term(((row * tall + a) * wide + b) * filters + f, n * c + d, (uv * filters + f) * c + d);
          }
        }
      },
    });
    return add(new Tensor(value, x.lead), bias(label));
  };

/** For each window and channel the places in x that it covers, in reading order. */
const covered = (x: Tensor, { size: k = 2, stride: s = 2, padding = 'valid' }: Options) => {
  const [h = 0, w = 0, c = 0] = x.shape;
  const [rows = 1] = rowsOf(x);
  const [tall, top] = along(h, k, s, padding);
  const [wide, left] = along(w, k, s, padding);
  const shape = [rows, tall, wide, c];
  const places = Array.from({ length: sizeOf(shape) }, (_, n) => {
    const [row, i] = [Math.floor(n / (tall * wide * c)), Math.floor(n / (wide * c)) % tall];
    const [j, d] = [Math.floor(n / c) % wide, n % c];
    return Array.from({ length: k * k }, (__, uv) => [i * s + Math.floor(uv / k) - top, j * s + (uv % k) - left])
      .filter(([a = 0, b = 0]) => a >= 0 && a < h && b >= 0 && b < w)
      .map(([a = 0, b = 0]) => ((row * h + a) * w + b) * c + d);
  });
  return { shape, places };
};

/** Of equal ones the first has the gradient. */
export const maxPool2d =
  (options: Options = {}) =>
  (x: Tensor): Tensor => {
    const { shape, places } = covered(x, options);
    const { data } = x.value;
    const largest = places.map((of) => of.reduce((best, at) => ((data[at] ?? 0) > (data[best] ?? 0) ? at : best)));
    return new Tensor(
      gather(x.value, shape, (i) => largest[i] ?? 0),
      x.lead,
    );
  };

/** The mean of what is there: padding does not count. */
export const avgPool2d =
  (options: Options = {}) =>
  (x: Tensor): Tensor => {
    const { shape, places } = covered(x, options);
    const data = Float64Array.from(
      places,
      (of) => of.reduce((sum, at) => sum + (x.value.data[at] ?? 0), 0) / of.length,
    );
    const value = made(shape, data, [x.value], (g, give) => {
      for (const [i, of] of places.entries()) for (const at of of) give(0, at, (g[i] ?? 0) / of.length);
    });
    return new Tensor(value, x.lead);
  };
