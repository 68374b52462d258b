import type { RunRecord } from '../../formats/run.ts';
import type { Manifest } from '../../signature.ts';

/** What is known of how a model was trained. */
export interface Trained {
  /** The data, and how many examples each part of them has. */
  readonly data: RunRecord['data'];
  /** Losses and their parts, means over examples, by the part of the data that they are of. */
  readonly figures: Readonly<Partial<Record<'test' | 'validation', Readonly<Record<string, number>>>>>;
  readonly unit: string;
  readonly epochs: number;
  readonly seed: number;
  readonly engine: RunRecord['engine'];
}

/** What a card is written from. */
export interface CardFacts {
  readonly manifest: Manifest;
  /** What the package's folder is called. */
  readonly folder: string;
  /** An identifier such as `MIT` or `CC-BY-4.0`, where one was named. */
  readonly license: string | undefined;
  /** Nothing for weights that come from elsewhere. */
  readonly trained: Trained | undefined;
  /** The definition, as `print` writes it. */
  readonly definition: string;
}
