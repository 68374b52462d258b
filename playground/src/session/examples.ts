import type { Site } from './site.ts';

/** An example of the data that the model was tested on, as `model/examples.json` has it. */
export interface Example {
  readonly index: number;
  /** A value of each condition, as `sample` takes it; images as flat lists of pixels from 0 to 1. */
  readonly conditions: Readonly<Record<string, number | string | readonly number[]>>;
  /** The data's own y, a number for each element; classes by number. */
  readonly target: readonly number[];
  /** What else the data says of it, such as the digit that an image is of. */
  readonly about?: Readonly<Record<string, number | string>>;
}

/** The examples of a model, and where they come from. */
export interface Examples {
  readonly source: string;
  readonly examples: readonly Example[];
}

/** The examples beside a model that lists some; none where the file is missing or of another form. */
export const loadExamples = async ({ folder }: Site, manifest: object): Promise<Examples> => {
  if (!('examples' in manifest)) return NONE;
  const response = await fetch(new URL('examples.json', folder)).catch(() => undefined);
  if (!response?.ok) return NONE;
  const found: unknown = await response.json().catch(() => undefined);
  return isExamples(found) ? found : NONE;
};

const NONE: Examples = { source: '', examples: [] };

const isExamples = (value: unknown): value is Examples =>
  typeof value === 'object' && value !== null && 'examples' in value && Array.isArray(value.examples);
