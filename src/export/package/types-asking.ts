import { isClasses, type Manifest, type TargetSignature } from '../../signature.ts';
import { size } from '../../shape/size.ts';
import { hasMask, maskName } from '../../values/mask-name.ts';
import { inComment } from './escape.ts';
import { givenText } from './given-text.ts';
import { member, quoted } from './names.ts';
import { targetText } from './variable-text.ts';

/** What of a manifest says which questions a package answers about examples. */
type Asked = Pick<Manifest, 'kind' | 'conditions' | 'target' | 'latent' | 'files'>;

/** Whether a package answers questions about examples. */
const isAsked = ({ files }: Asked): boolean => files.recognition !== undefined || files.evaluation !== undefined;

/** Whether a target's value may be given as an image. */
const isImage = ({ image }: TargetSignature): boolean => image !== undefined;

/** Whether examples have images, which the type `Pixels` is for. */
export const hasPixels = (manifest: Asked): boolean => isAsked(manifest) && isImage(manifest.target);

/** Returns the types of examples and of what is asked of them; none for a package without the files. */
export const askingTypes = (manifest: Asked): string => `${imputableOf(manifest)}${exampleTypes(manifest)}`;

const exampleTypes = (manifest: Asked): string => {
  if (!isAsked(manifest)) return '';
  const { conditions, target, latent, files } = manifest;
  const given = Object.keys(conditions).length > 0 ? ' extends Conditions' : '';
  const rows = `readonly [number, ${latent}]`;
  return `/** An example, or a batch of them: the conditions, and what the target was. */
export interface Example${given} {
${Object.entries(target.targets ?? { y: target })
  .map(([name, one]) => memberOf(name, one))
  .join('')}}
${
  files.recognition
    ? `
/** q(z|x,y), where an example is in the latent: mean, log σ² and σ. */
export interface Posterior extends Prior {
  readonly deviation: Numbers<${rows}>;
}

/** How an example is drawn again. */
export interface ReconstructOptions extends Omit<SampleOptions, 'from' | 'independent'> {
  /** Conditions that are changed while z stays. */
  readonly as?: Partial<Conditions>;
  /** A factor of the posterior's standard deviation: 0, its mean, by default. */
  readonly temperature?: number;
}

/** The rows that are nearest to each example, nearest first: [examples, count] each. */
export interface Neighbours {
  readonly indices: Int32Array;
  readonly distances: Float32Array;
  readonly shape: readonly [examples: number, count: number];
}
`
    : ''
}${
    files.evaluation
      ? `
/** log p(y|x) of examples, in nats, with the standard error of each and the number of draws that it is worth. */
export interface LogLikelihood {
  readonly values: Float64Array;
  readonly standardErrors: Float64Array;
  readonly effectiveSamples: Float64Array;
  readonly estimator: 'importance' | 'prior' | 'exact';
}
`
      : ''
  }
`;
};

const memberOf = (name: string, target: TargetSignature): string => {
  const value = valueOf(target);
  const masked = hasMask(target);
  const missing = masked ? ' | null | readonly (number | null)[]' : '';
  const mask = masked
    ? `  /** 1 for each element that counts, 0 for one that is missing: by default, all that are not null count. */\n  readonly ${member(maskName(name))}?: Given<ArrayLike<number>>;\n`
    : '';
  return `  /** ${inComment(targetText(target))} */\n  readonly ${member(name)}: ${givenText(`${value}${missing}`, target.shape)};\n${mask}`;
};

/** Returns the type of a target's value. */
const valueOf = (target: TargetSignature): string => {
  if (isImage(target)) return 'Pixels';
  if (!isClasses(target)) return size(target.shape) > 1 ? 'ArrayLike<number>' : 'number | ArrayLike<number>';
  const { classes, dataShape } = target;
  const names = typeof classes === 'object' ? classes.map((name) => `${quoted(name)} | `).join('') : '';
  return dataShape.length > 0 ? `ArrayLike<${names}number>` : `${names}number | ArrayLike<number>`;
};

/** Returns the methods that answer questions about examples, as far as their files are there. */
export const askingMethods = ({ files, kind, conditions }: Asked): readonly string[] => [
  ...(knownIn(conditions).length > 0 ? [IMPUTE] : []),
  ...(files.recognition && kind === 'cvae' ? [RECOGNITION] : []),
  ...(files.evaluation ? [EVALUATION] : []),
];

/** Returns the conditions that give what is known of targets, with these. */
const knownIn = (conditions: Asked['conditions']): readonly (readonly [name: string, target: string])[] =>
  Object.entries(conditions).flatMap(([name, { knownOf }]) =>
    knownOf === undefined ? [] : [[name, knownOf] as const],
  );

/** Returns the type of what `impute` takes, of a model that is given parts of its target. */
const imputableOf = ({ conditions }: Asked): string => {
  const known = knownIn(conditions);
  if (known.length === 0) return '';
  const left = known.flatMap(([name]) => [quoted(name), quoted(maskName(name))]).join(' | ');
  return `/** Conditions, and what is known of targets by their names. */
export interface Imputable extends Omit<Conditions, ${left}> {
${known.map(([name, target]) => `  readonly ${member(target)}?: Conditions[${quoted(name)}];\n`).join('')}}

`;
};

const IMPUTE = `  /** Draws what is missing of the target, given any part of it: what is known is in its place. Draws y by default. */
  impute(given: Imputable, options?: SampleOptions): Promise<Samples>;`;

const RECOGNITION = `  /** q(z|x,y): the mean and the standard deviation of z of an example. */
  encode(example: Example, options?: { readonly signal?: AbortSignal }): Promise<Posterior>;
  /** y again, from an example's own z; with \`as\`, conditions are changed while z stays. */
  reconstruct(example: Example, options?: ReconstructOptions): Promise<Samples>;
  /** Which of other examples, or of what encode returned for them, are nearest by z. */
  neighbours(
    example: Example | Pick<Posterior, 'mean'>,
    among: Example | Pick<Posterior, 'mean'>,
    options?: { readonly count?: number; readonly signal?: AbortSignal },
  ): Promise<Neighbours>;`;

const EVALUATION = `  /** log p(y|x) of examples, in nats, from draws of z: 100 by default. */
  logLikelihood(
    example: Example,
    options?: { readonly samples?: number; readonly seed?: number; readonly signal?: AbortSignal },
  ): Promise<LogLikelihood>;`;
