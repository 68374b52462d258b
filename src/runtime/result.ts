import { InvalidData } from '../errors.ts';
import { show } from '../shape/show.ts';
import type { TargetSignature } from '../signature.ts';
import type { Definition } from './definition.ts';
import { expect } from './options.ts';
import type { ShapedArray } from './ort.ts';
import { mosaic, picture, type Picture } from './picture.ts';
import { shades } from './shades.ts';

/** Values of the target: `data` row by row, `shape` the number of rows and then the target's own. */
export interface Outputs extends ShapedArray, Further {
  /**
   * Returns a row as a displayable image: values from 0 to 1 become 0 to 255, and classes shades from black to white. Throws an
   * `InvalidData` if the target is not an image, or there is no such row.
   */
  image(row?: number): Picture;
  /** Returns all rows as one image with `columns` columns (by default about as many columns as rows). */
  grid(columns?: number): Picture;
}

/**
 * What the files of some likelihoods return in addition to y's mean, row by row. Its shapes are in the signature, under
 * `target.outputs`.
 */
export interface Further {
  /** log σ² of each element, of y's shape, if the model has learned it. */
  readonly logVar?: Float32Array;
  /** The scale of each element of a Laplace, a Student's t or a logistic, if the model has learned it. */
  readonly scale?: Float32Array;
  /** Degrees of freedom of a Student's t, if the model has learned them. */
  readonly freedom?: Float32Array;
  /** r of a negative binomial, whose variance is μ + μ²/r. */
  readonly dispersion?: Float32Array;
  /** α of a gamma, whose deviation is μ/√α; κ of a von Mises. */
  readonly concentration?: Float32Array;
  /** α and β of a beta. */
  readonly alpha?: Float32Array;
  readonly beta?: Float32Array;
  /** The median of a log-normal. */
  readonly median?: Float32Array;
  /** Log-odds of a continuous Bernoulli. */
  readonly logOdds?: Float32Array;
  /** The probability of an extra zero, and the mean of what has none: of counts, and of another zero-inflated likelihood. */
  readonly zero?: Float32Array;
  readonly rate?: Float32Array;
  readonly rest?: Float32Array;
  /** The probability of each component of a mixture, and the components' means; of logistics, if they are. */
  readonly weights?: Float32Array;
  readonly means?: Float32Array;
  readonly location?: Float32Array;
  /** The mean and the standard deviation of normal scores. */
  readonly score?: Float32Array;
  readonly scoreDeviation?: Float32Array;
  /** The probabilities of anything else and of each mass of a hurdle, and the masses. */
  readonly shares?: Float32Array;
  readonly masses?: Float32Array;
}

/** The random seed and the latents that produced samples. */
export interface SampleOrigin {
  /** The seed that was passed, or else the one that was drawn: the same seed gives the same samples. */
  readonly seed: number;
  /** The latents, [rows, latent]. */
  readonly z: ShapedArray;
}

/** Samples, with the random seed and the latents that produced them. */
export interface Samples extends Outputs, SampleOrigin {}

/** The values of a definition's target, or of each of several by its name. */
export type OutputsOf<M extends Definition> = M['target'] extends { readonly targets: infer T }
  ? { readonly [K in keyof T]: Outputs }
  : Outputs;

/** Samples of a definition's target, or of each of several by its name. */
export type SamplesOf<M extends Definition> = M['target'] extends { readonly targets: infer T }
  ? { readonly [K in keyof T]: Outputs } & SampleOrigin
  : Samples;

/** Values of a target in rows, and whatever else the file returned, by name. */
export interface Values extends ShapedArray {
  readonly more?: Readonly<Record<string, Float32Array>>;
}

/**
 * Returns values of a target: means (probabilities of classes), or draws (indices of classes). `columns` is the default for a
 * grid.
 */
export const outputs = (target: TargetSignature, { data, shape, more }: Values, columns?: number): Outputs => {
  const rows = shape[0] ?? 0;
  const size = data.length / rows;
  const [height, width] = target.dataShape;
  const flat = target.classes && width !== undefined && target.dataShape.length === 2;
  const view = target.image ?? (flat ? ([height ?? 0, width, 1] as const) : undefined);
  const image = (row = 0): Picture => {
    if (view === undefined)
      throw new InvalidData(
        `image: expected a target that is an image, got one of ${show(target.shape)}; define its image`,
      );
    expect(Number.isInteger(row) && row >= 0 && row < rows, 'image', `a row from 0 to ${rows - 1}`, row);
    const values = data.subarray(row * size, (row + 1) * size);
    return picture(target.classes ? shades(target, values) : values, view);
  };
  return {
    data,
    shape,
    ...more,
    image,
    grid: (across = columns ?? Math.ceil(Math.sqrt(rows))) => {
      expect(Number.isInteger(across) && across >= 1, 'grid', 'at least 1 column', across);
      return mosaic(
        Array.from({ length: rows }, (_, row) => image(row)),
        across,
      );
    },
  };
};
