import type { ImagesSnapshot } from '../../formats/snapshot.ts';
import type { RunRecord } from '../../formats/run.ts';
import type { Manifest } from '../../signature.ts';

/** What is known about the training of a model. */
export interface Trained {
  /** The data, and the number of examples in each part. */
  readonly data: RunRecord['data'];
  /** Losses and their parts, means over examples, by the part of the data. */
  readonly figures: Readonly<Partial<Record<'test' | 'validation', Readonly<Record<string, number>>>>>;
  readonly unit: string;
  readonly epochs: number;
  readonly seed: number;
  readonly engine: RunRecord['engine'];
  /** What the model drew for held-out examples, for a target that is an image. */
  readonly picture?: Shown;
  /** Plots of what the model drew for them, for any other target: the bytes of an SVG file. */
  readonly figure?: Uint8Array;
}

/** A picture of a card: the bytes of a PNG file, what its columns are, in order, and the labels of its rows. */
export interface Shown {
  readonly png: Uint8Array;
  readonly columns: ImagesSnapshot['columns'];
  readonly rows: readonly string[];
}

/** The facts that a model card is written from. */
export interface CardFacts {
  readonly manifest: Manifest;
  /** The name of the package's folder. */
  readonly folder: string;
  /** An identifier such as `MIT` or `CC-BY-4.0`, if one was named. */
  readonly license: string | undefined;
  /** Undefined for weights that come from elsewhere. */
  readonly trained: Trained | undefined;
  /** The definition, as `print` writes it. */
  readonly definition: string;
}
