import type { Condition, TargetSignature } from '../signature.ts';

/** Values of one variable in the form that files take: `rows` of `size` numbers, one after the other. */
export interface Rows {
  readonly rows: number;
  readonly size: number;
  readonly data: Float32Array;
}

/**
 * A condition, reduced to the part of its description that determines how values are given; or a target, or its mask, of a batch
 * to train on.
 */
export interface Variable extends Pick<
  Condition,
  'kind' | 'shape' | 'dataShape' | 'classes' | 'scaling' | 'mask' | 'maskOf' | 'knownOf'
> {
  /** [height, width, channels] of a target that is an image. */
  readonly image?: TargetSignature['image'];
  /**
   * For numbers from 0 to 1: how bytes are read. As `pixels`, where 255 means 1 (as for images); as `coins`, where bytes that are
   * all 0 or 1 keep their values; or `as they are`. Other numbers are unbounded.
   */
  readonly unit?: 'pixels' | 'coins' | 'as they are';
  /** Whether these are numbers of a target in the data's own units, which float32 may round, as it rounds those to train on. */
  readonly rounded?: boolean;
}

/** Conditions as rows, each with one row or with as many as the longest. */
export interface Encoded {
  readonly rows: number;
  readonly values: Readonly<Record<string, Rows>>;
}

/** Whether a number is finite, within its bounds, and preserved by float32. */
export const fits = ({ kind, unit, scaling }: Variable, at: number, value: number): boolean => {
  const kept = Math.fround(value);
  if (unit || kind === 'image') return kept >= 0 && kept <= 1;
  const lost = Math.abs(kept - value);
  // The loss must be negligible compared with the data's standard deviation; if that is unknown, whole numbers must stay whole.
  if (scaling) return lost <= 1e-3 * (scaling.deviation[at % scaling.deviation.length] ?? 1);
  return lost === 0 || (Number.isFinite(kept) && !Number.isSafeInteger(value));
};

/** In what unit numbers from 0 to 1 are given; undefined for other values. */
export const unitOf = ({ kind, unit }: Variable): Variable['unit'] => unit ?? (kind === 'image' ? 'pixels' : undefined);

/** Returns [height, width, channels] of a variable that is an image, else undefined. */
export const viewOf = ({ kind, shape, image }: Variable): readonly number[] | undefined =>
  image ?? (kind === 'image' ? shape : undefined);

/**
 * The common part of a page's `ImageData` and the pictures that a model returns; the former has four channels without stating so.
 */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly channels?: number;
  readonly data: Uint8Array | Uint8ClampedArray;
}
