// Norms over groups of channels, images that are cut, padded and enlarged, and convolutions and pools of series.
import { array, contract, gather, made, sizeOf } from './array.ts';
import { matMul, permute, sliceAt } from './axes.ts';
import { add, div, mul, sqrt, square, sub } from './layers.ts';
import { labelOf, paramOf } from './scope.ts';
import { forRows, rearranged, rowsOf, summed, Tensor, type Layer } from './tensor.ts';

// --- norms
const normed = (x: Tensor, groups: number): Tensor => {
  const channels = x.shape.at(-1) ?? 1;
  const per = channels / groups;
  const count = (sizeOf(x.shape) / channels) * per;
  const groupOf = (i: number): number => Math.floor((i % channels) / per);
  const spread = (y: Tensor): Tensor => rearranged(y, x.shape, groupOf);
  const mean = (y: Tensor): Tensor => spread(mul(summed(y, [groups], groupOf), 1 / count));
  const centred = sub(x, mean(x));
  return div(centred, sqrt(add(mean(square(centred)), 1e-5)));
};
export const groupNorm =
  (groups: number): Layer =>
  (x) => {
    const label = labelOf('groupNorm');
    const own = (part: string): Tensor => new Tensor(paramOf(`${label}/${part}`), 0);
    return add(mul(normed(x, groups), own('gamma')), own('beta'));
  };
export const instanceNorm: Layer = (x) => normed(x, x.shape.at(-1) ?? 1);

// --- images and series
export const upsample1d =
  (factor = 2): Layer =>
  (x) => {
    const [length = 1, c = 1] = x.shape;
    return rearranged(x, [length * factor, c], (i) => Math.floor(i / (c * factor)) * c + (i % c));
  };
export const pad2d =
  (n: number): Layer =>
  (x) => {
    const [h = 1, w = 1, c = 1] = x.shape;
    const wide = w + 2 * n;
    return summed(x, [h + 2 * n, wide, c], (i) => {
      const [row, column] = [Math.floor(i / (w * c)) + n, (Math.floor(i / c) % w) + n];
      return (row * wide + column) * c + (i % c);
    });
  };
export const crop2d =
  (n: number): Layer =>
  (x) => {
    const [h = 1, w = 1] = x.shape;
    return sliceAt(1)(n, w - n)(sliceAt(0)(n, h - n)(x));
  };
export const pixelShuffle =
  (factor: number): Layer =>
  (x) => {
    const [h = 1, w = 1, all = 1] = x.shape;
    const c = all / factor ** 2;
    const wide = w * factor;
    return rearranged(x, [h * factor, wide, c], (i) => {
      const [row, column, channel] = [Math.floor(i / (wide * c)), Math.floor(i / c) % wide, i % c];
      const within = (channel * factor + (row % factor)) * factor + (column % factor);
      return (Math.floor(row / factor) * w + Math.floor(column / factor)) * all + within;
    });
  };
/** What each of `to` pixels takes of each of `from`, [to, from]: centres are compared, and the outermost values continue. */
const shares = (from: number, to: number, isNearest: boolean): Tensor => {
  const data = new Float64Array(to * from);
  for (let i = 0; i < to; i++) {
    const centre = ((i + 0.5) * from) / to - 0.5;
    // The nearest; of two as near, the later one.
    const place = isNearest ? Math.floor(((2 * i + 1) * from) / (2 * to)) : Math.min(Math.max(centre, 0), from - 1);
    const low = Math.floor(place);
    data[i * from + low] = 1 - (place - low);
    if (place > low) data[i * from + low + 1] = place - low;
  }
  return new Tensor(array([to, from], Float32Array.from(data)), 0);
};
export const resize2d =
  (height: number, width: number, { mode = 'bilinear' }: { readonly mode?: string } = {}): Layer =>
  (x) => {
    const [h = 1, w = 1] = x.shape;
    const resized = (of: Tensor, from: number, to: number): Tensor => {
      const rest = of.shape.slice(1);
      const matrix = forRows(shares(from, to, mode === 'nearest'), of.lead);
      const flat = rearranged(of, [from, sizeOf(rest)], (i) => i);
      return rearranged(matMul(matrix, flat), [to, ...rest], (i) => i);
    };
    const tall = resized(x, h, height);
    return permute(1, 0, 2)(resized(permute(1, 0, 2)(tall), w, width));
  };

interface Window {
  readonly kernel?: number;
  readonly size?: number;
  readonly stride?: number;
  readonly dilation?: number;
  readonly groups?: number;
  readonly padding?: 'same' | 'valid';
}
/** Where the windows of a series begin. */
const beginsOf = (length: number, extent: number, stride: number, padding: string): readonly number[] => {
  const count = padding === 'valid' ? Math.ceil((length - extent + 1) / stride) : Math.ceil(length / stride);
  const before = padding === 'valid' ? 0 : Math.floor(Math.max((count - 1) * stride + extent - length, 0) / 2);
  return Array.from({ length: count }, (_, i) => i * stride - before);
};
export const conv1d =
  (filters: number, { kernel = 3, stride = 1, dilation = 1, groups = 1, padding = 'same' }: Window = {}): Layer =>
  (x) => {
    const label = labelOf('conv1d');
    const [length = 1, channels = 1] = x.shape;
    const begins = beginsOf(length, (kernel - 1) * dilation + 1, stride, padding);
    const rows = x.value.data.length / (length * channels);
    const [inward, outward] = [channels / groups, filters / groups];
    const value = contract(x.value, paramOf(`${label}/kernel`), [...rowsOf(x), begins.length, filters], {
      each: (term) => {
        for (let r = 0; r < rows; r++)
          for (const [i, begin] of begins.entries())
            for (let k = 0; k < kernel; k++) {
              const t = begin + k * dilation;
              if (t < 0 || t >= length) continue;
              for (let f = 0; f < filters; f++)
                for (let d = 0; d < inward; d++) {
                  const channel = Math.floor(f / outward) * inward + d;
                  term(
                    (r * begins.length + i) * filters + f,
                    (r * length + t) * channels + channel,
                    (k * inward + d) * filters + f,
                  );
                }
            }
      },
    });
    return add(new Tensor(value, x.lead), new Tensor(paramOf(`${label}/bias`), 0));
  };
/** For each window and channel of a series the places that it covers. */
const coveredBy = (x: Tensor, { size = 2, stride = 2, padding = 'valid' }: Window) => {
  const [length = 1, c = 1] = x.shape;
  const begins = beginsOf(length, size, stride, padding);
  const rows = x.value.data.length / (length * c);
  const places = Array.from({ length: rows * begins.length * c }, (_, n) => {
    const [row, begin] = [Math.floor(n / (begins.length * c)), begins[Math.floor(n / c) % begins.length] ?? 0];
    return Array.from({ length: size }, (__, k) => begin + k)
      .filter((t) => t >= 0 && t < length)
      .map((t) => (row * length + t) * c + (n % c));
  });
  return { shape: [...rowsOf(x), begins.length, c], places };
};
export const maxPool1d =
  (window: Window = {}): Layer =>
  (x) => {
    const { shape, places } = coveredBy(x, window);
    const { data } = x.value;
    const largest = places.map((of) => of.reduce((best, i) => ((data[i] ?? 0) > (data[best] ?? 0) ? i : best)));
    return new Tensor(
      gather(x.value, shape, (i) => largest[i] ?? 0),
      x.lead,
    );
  };
export const avgPool1d =
  (window: Window = {}): Layer =>
  (x) => {
    const { shape, places } = coveredBy(x, window);
    const means = Float64Array.from(places, (of) => of.reduce((all, i) => all + (x.value.data[i] ?? 0), 0) / of.length);
    const value = made(shape, means, [x.value], (g, give) => {
      for (const [i, of] of places.entries()) for (const place of of) give(0, place, (g[i] ?? 0) / of.length);
    });
    return new Tensor(value, x.lead);
  };
