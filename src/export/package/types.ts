import { show } from '../../shape/show.ts';
import { size } from '../../shape/size.ts';
import { isClasses, type Condition, type Manifest, type TargetSignature } from '../../signature.ts';
import { inComment, oneLine } from './escape.ts';
import { member, quoted } from './names.ts';
import { FIXED_TYPES } from './types-fixed.ts';
import { conditionText, targetText } from './variable-text.ts';

/** Returns the text of a package's `index.d.ts`: the inputs and outputs of this model, by name and shape. It imports nothing. */
export const typesOf = (manifest: Manifest): string => {
  const { name, kind, library, files } = manifest;
  const methods = [
    ...(kind === 'cvae' ? sampling(manifest) : []),
    kind === 'cvae' ? MEAN : PREDICTION,
    ...(files.baseline ? [BASELINE] : []),
    ...(kind === 'cvae' ? decoding(manifest) : []),
    EVER,
  ];
  return `// ${oneLine(name)}: what it takes and gives. Made by ${oneLine(library)}; README.md says how it is used.

${conditions(manifest)}
${outputs(manifest)}
${kind === 'cvae' ? `${samples(manifest)}\n` : ''}/** The model, open. Every method throws an error that names the condition or the option that does not fit. */
export interface Model {
  /** What the model says of itself, as in model.json. */
  readonly signature: typeof signature;
  /** What runs the files, and why it is not what was asked for where it is not. */
  readonly backend: Backend;
${methods.join('\n')}
}

/** What the model says of itself, as in model.json. */
export declare const signature: ${literal(about(manifest))};
${FIXED_TYPES}`;
};

const conditions = ({ conditions: all }: Manifest): string => {
  const members = Object.entries(all).map(
    ([name, condition]) =>
      `  /** ${inComment(conditionText(condition))} */\n  readonly ${member(name)}: Given<${valueOf(condition)}>;\n`,
  );
  const pixels = Object.values(all).some(({ kind }) => kind === 'image') ? PIXELS : '';
  return `/** One value, or a batch of them. */
export type Given<V> = V | readonly V[];
${pixels}
/** What the model is told, by name. Conditions of which there is one value share it with the others' batch. */
export ${members.length > 0 ? `interface Conditions {\n${members.join('')}}` : 'type Conditions = Readonly<Record<string, never>>;'}
`;
};

const PIXELS = `
/** An image: numbers from 0 to 1, bytes from 0 to 255, or a page's ImageData, which is converted to the model's channels. */
export type Pixels =
  | ArrayLike<number>
  | { readonly width: number; readonly height: number; readonly data: ArrayLike<number> };
`;

/** Returns the type of a condition's value, as in the definition. */
const valueOf = ({ kind, shape, dataShape, classes }: Condition): string => {
  if (kind === 'image') return 'Pixels';
  if (kind === 'continuous' ? size(shape) > 1 : dataShape.length > 0) return 'ArrayLike<number>';
  const names = typeof classes === 'object' ? classes.map((name) => `${quoted(name)} | `) : [];
  return `${names.join('')}number | ArrayLike<number>`;
};

/** Returns the type of rows of a shape: `readonly [number, 28, 28, 1]`. */
const rowsOf = (shape: readonly number[]): string => `readonly [${['number', ...shape].join(', ')}]`;

const outputs = ({ target }: Manifest): string => {
  const drawn = isClasses(target) ? ` | ${rowsOf(target.dataShape)}` : '';
  return `/** Values of y, row by row: ${inComment(targetText(target))}${drawn && '; where they are drawn, classes by their numbers'}. */
export interface Outputs extends Numbers<${rowsOf(target.shape)}${drawn}> {
  /** log σ² of each, of the same shape, where the model has learned it. */
  readonly logVar?: Float32Array;
${Object.entries(target.outputs ?? {})
  .filter(([name]) => name !== 'logVar')
  .map(
    ([name, shape]) =>
      `  /** What drawing y needs besides its mean, ${show(['N', ...shape])}. */\n  readonly ${name}?: Float32Array;\n`,
  )
  .join('')}${isPicture(target) ? PICTURES : ''}}
`;
};

/** Whether rows can be shown: of a target that is an image, or that has a class for each pixel. */
const isPicture = (target: TargetSignature): boolean =>
  target.image !== undefined || (isClasses(target) && target.dataShape.length === 2);

const PICTURES = `  /** A row as an image: values from 0 to 1 become 0 to 255, and classes shades from black to white. */
  image(row?: number): Picture;
  /** All rows as one image, \`columns\` side by side: about as many as below each other unless given. */
  grid(columns?: number): Picture;
`;

const samples = ({ latent }: Manifest): string => `/** Samples, with what they were made from. */
export interface Samples extends Outputs {
  /** The seed given, or the one that was drawn where none was given: the same seed gives the same samples everywhere. */
  readonly seed: number;
  /** The latents. */
  readonly z: Numbers<${rowsOf([latent])}>;
}

/** How many samples of each condition, and which. */
export interface SampleOptions {
  /** Samples of each condition; 1 unless given. */
  readonly count?: number;
  /** A whole number from 0. */
  readonly seed?: number;
  /** The number of the first sample, 0 unless given: samples 16 to 31 of a seed are { count: 16, first: 16 }. */
  readonly first?: number;
  /** What the prior's deviation is multiplied by: 0 for its mean, 1 unless given. */
  readonly temperature?: number;
  /** Whether y is drawn from p(y|x,z), or is its mean, as it is unless given. */
  readonly draw?: boolean;
}

/** p(z|x): mean and log σ². */
export interface Prior {
  readonly mean: Numbers<${rowsOf([latent])}>;
  readonly logVar: Numbers<${rowsOf([latent])}>;
}
`;

const sampling = ({ files }: Manifest): readonly string[] => [
  `  /** Samples of p(y|x): z from the prior, y (its mean for that z) from the decoder. Sample i depends on the seed and i only. */
  sample(conditions: Conditions, options?: SampleOptions): Promise<Samples>;
  /** p(z|x)${files.prior ? '' : ', which is N(0, I) here'}. */
  prior(conditions: Conditions): Promise<Prior>;`,
];

const decoding = ({ latent }: Manifest): readonly string[] => [
  `  /** y's mean for latents of ${latent} numbers: one for all conditions, one for each, or many for one condition. */
  decode(z: ArrayLike<number> | readonly ArrayLike<number>[], conditions: Conditions): Promise<Outputs>;
  /** y's mean on the line from one latent to another, ends included, in \`steps\` rows for each condition. */
  interpolate(from: ArrayLike<number>, to: ArrayLike<number>, steps: number, conditions: Conditions): Promise<Outputs>;`,
];

const MEAN = `  /** y for z at the prior's mean. */
  mean(conditions: Conditions): Promise<Outputs>;`;

const PREDICTION = `  /** y's mean. */
  mean(conditions: Conditions): Promise<Outputs>;`;

const BASELINE = `  /** The best single guess, which the prior starts from. */
  baseline(conditions: Conditions): Promise<Outputs>;`;

const EVER = `  /** Runs the examples that the files carry, here and now. */
  selfTest(): Promise<SelfTest>;
  /** Frees the files, once the calls that were made before have ended; calls after it are refused. Twice is once. */
  close(): Promise<void>;
  /** The same, for \`await using\`. */
  [Symbol.asyncDispose](): Promise<void>;`;

/** Returns the part of a manifest that has a type of its own: what follows from the definition. */
const about = ({ name, kind, conditions: told, target, latent, files }: Manifest) => ({
  name,
  kind,
  conditions: told,
  target,
  latent,
  files: Object.fromEntries(
    Object.entries(files).map(([part, { file, inputs, outputs: gives }]) => [part, { file, inputs, outputs: gives }]),
  ),
});

/** Returns a JSON value as a literal type: `{ readonly latent: 20 }`; fractions and long lists only by their general type. */
const literal = (value: unknown, indent = ''): string => {
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value))
    return value.length > LONG || value.some(isFraction)
      ? `readonly ${typeof value[0]}[]`
      : `readonly [${value.map((one) => literal(one, indent)).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return isFraction(value) ? 'number' : String(value);
  const inner = `${indent}  `;
  const members = Object.entries(value).map(
    ([name, one]) => `${inner}readonly ${member(name)}: ${literal(one, inner)};\n`,
  );
  return members.length > 0 ? `{\n${members.join('')}${indent}}` : '{}';
};

const LONG = 32;

const isFraction = (value: unknown): boolean => typeof value === 'number' && !Number.isInteger(value);
