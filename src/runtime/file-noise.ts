import { normals, stream, uniforms } from '../random.ts';
import { size } from '../shape/size.ts';
import type { Interface } from '../signature.ts';
import type { CheckedOptions } from './options.ts';
import type { Input } from './rows.ts';

/**
 * Returns the noise that the file `draw` takes, by the names of its inputs, `normal` and `uniform`, or `rain_normal` of one of several
 * targets. Row r of a batch uses that of sample r mod count.
 */
export const fileNoise = (
  { conditions }: { readonly conditions: object },
  { inputs }: Pick<Interface, 'inputs'>,
  { seed, count, first }: Pick<CheckedOptions, 'seed' | 'count' | 'first'>,
): Readonly<Record<string, Input>> =>
  Object.fromEntries(
    Object.entries(inputs)
      .filter(([name]) => name !== 'z' && !Object.hasOwn(conditions, name))
      .map(([name, shape]) => {
        const [, of, kind = ''] = /^(?:(.+)_)?(uniform|normal)$/.exec(name) ?? [];
        // What decides between classes must not decide between their values too.
        const second = kind === 'normal' && name.replace(/normal$/, 'uniform') in inputs ? [kind] : [];
        const key = stream(seed, 'y', ...(of === undefined ? [] : [of]), ...second);
        const length = size(shape);
        const data =
          kind === 'normal' ? normals(key, count, length, first) : withoutZero(uniforms(key, count, length, first));
        return [name, { rows: count, size: length, data, of: (row: number) => row % count }];
      }),
  );

/** Whether the file `draw` draws one of several targets. */
export const drawsItself = (name: string, { inputs = {} }: Partial<Interface> = {}): boolean =>
  `${name}_normal` in inputs || `${name}_uniform` in inputs;

/** Replaces 0 in uniform noise, whose logarithm and quantiles are infinite, by half the smallest step. */
export const withoutZero = (noise: Float32Array): Float32Array => noise.map((u) => Math.max(u, 2 ** -25));
