import { bernoulli } from '../distributions/bernoulli.ts';
import { categorical } from '../distributions/categorical.ts';
import { cvae } from '../dsl/cvae.ts';
import type { Model } from '../dsl/model.ts';
import type { Tensor } from '../dsl/tensor.ts';
import type { Variable } from '../dsl/variables.ts';
import { concat } from '../layers/concat.ts';
import { dense } from '../layers/dense.ts';
import { gaussian } from '../layers/gaussian.ts';
import { convDecoder, convEncoder, mlp } from '../layers/presets.ts';
import { flatten, reshape } from '../layers/reshape.ts';
import type { WrittenDefinition } from './definition.ts';
import { called, quoted } from './text.ts';

/** Pictures by class: what they are, and how they are read. */
export interface Pictures {
  readonly count: number;
  /** The shape that all get. */
  readonly shape: readonly [height: number, width: number, channels: number];
  readonly classes: readonly string[];
  /** The options of `imageFolder`, as text. */
  readonly options: {
    readonly channels?: string;
    readonly size?: string;
    readonly background?: string;
    readonly test?: string;
  };
}

const LATENT = 32;
/** The width of the dense layers around the latent. */
const WIDTH = 256;
/**
 * The width of the prior's layer. With a prior that sees the class, more samples are recognised as the class asked for, and the ELBO is no
 * worse: docs/first-models.md.
 */
const PRIOR = 64;
/** Of pictures that cannot be halved. */
const PLAIN = 512;

/** Returns the channels of each resolution, as many halvings as both sides allow, down to 4 pixels or so; none if there are none. */
const widthsOf = ([height, width]: Pictures['shape']): readonly number[] => {
  const levels = [1, 2, 3].filter((n) => [height, width].every((side) => side % 2 ** n === 0 && side >> n >= 3)).length;
  return [16, 32, 64].slice(0, levels);
};

/** Returns the batch size: few pictures need small batches. */
export const batchOf = ({ count }: Pictures): number => (count < 5000 ? 32 : 128);

/**
 * Returns the model that draws pictures of a class: the one that `picturesDefinition` writes as text, for a place that has no compiler of
 * TypeScript, such as a page.
 */
export const picturesModel = ({ shape, classes }: Pictures): Model => {
  const [height, width, channels] = shape;
  const widths = widthsOf(shape);
  const [first, second, ...rest] = classes;
  const label = first !== undefined && second !== undefined ? categorical(first, second, ...rest) : undefined;
  const condition: Readonly<Record<string, Variable>> = label ? { label } : {};
  /** Adds the class, if there are classes: what a network is not given cannot be asked for. */
  const withLabel = (x: Vector, given: NetworkInputs): Vector => (label ? concat(x, given['label'] as Vector) : x);
  const seen = (y: Image): Vector =>
    widths.length > 0 ? y.pipe(convEncoder({ channels: widths })) : y.pipe(flatten, mlp([PLAIN]));
  const drawn = (h: Vector): Image =>
    widths.length > 0
      ? h.pipe(mlp([WIDTH]), convDecoder(height, width, channels, { channels: widths.toReversed() }))
      : h.pipe(mlp([PLAIN]), dense(height * width * channels), reshape(height, width, channels));
  const whole = {
    condition,
    target: bernoulli(height, width, channels),
    latent: LATENT,
    recognition: (given: NetworkInputs) =>
      withLabel(seen(given['y'] as Image), given).pipe(mlp([WIDTH]), gaussian(LATENT)),
    decoder: (given: NetworkInputs) => drawn(withLabel(given['z'] as Vector, given)),
  };
  const prior = (given: NetworkInputs) => (given['label'] as Vector).pipe(mlp([PRIOR]), gaussian(LATENT));
  return label ? cvae({ ...whole, prior }) : cvae(whole);
};

/** Tensors of a network by name: the latent and the class are vectors, and y is an image. */
type NetworkInputs = Readonly<Record<string, unknown>>;
type Vector = Tensor<[number]>;
type Image = Tensor<[number, number, number]>;

/** Writes the definition of a model that draws pictures of a class; `address` is the folder's, as seen from it. */
export const picturesDefinition = (pictures: Pictures, address: string): WrittenDefinition => {
  const { count, shape, classes, options } = pictures;
  const [height, width, channels] = shape;
  const widths = widthsOf(shape);
  const hasLevels = widths.length > 0;
  const settings = Object.entries(options)
    .map(([name, value]) => `${name}: ${value}`)
    .join(', ');
  const hasClasses = classes.length > 1;
  const conditionInputs = hasClasses ? ['label'] : [];
  const list = (values: readonly number[]): string => values.join(', ');
  const [encoder, decoder] = hasLevels
    ? [
        `convEncoder({ channels: [${list(widths)}] })`,
        `mlp([${WIDTH}]), convDecoder(${list(shape)}, { channels: [${list(widths.toReversed())}] })`,
      ]
    : [`flatten, mlp([${PLAIN}])`, `mlp([${PLAIN}]), dense(${height * width * channels}), reshape(${list(shape)})`];
  const uses = [
    ...(hasClasses ? ['categorical', 'concat'] : []),
    ...(hasLevels ? ['convDecoder', 'convEncoder'] : ['dense', 'flatten', 'reshape']),
    'bernoulli',
    'cvae',
    'gaussian',
    'mlp',
  ];
  const features = `y.pipe(${encoder})`;
  const seen = `${hasClasses ? `concat(${features}, label)` : features}.pipe(mlp([${WIDTH}]), gaussian(${LATENT}))`;
  const text = [
    `import { ${uses.sort().join(', ')} } from 'cvae-compile';`,
    "import { imageFolder } from 'cvae-compile/data';",
    "import type { TrainOptions } from 'cvae-compile/train';",
    '',
    `/** Draws a picture of ${width} × ${height} pixels${channels === 1 ? ', grey' : ', in colour'}${hasClasses ? ', of a given class' : ''}. */`,
    'export default cvae({',
    hasClasses ? `  condition: { label: ${called('categorical', classes.map(quoted), 2)} },` : '  condition: {},',
    `  target: bernoulli(${list(shape)}),`,
    `  latent: ${LATENT},`,
    ...(hasClasses ? [`  prior: ({ label }) => label.pipe(mlp([${PRIOR}]), gaussian(${LATENT})),`] : []),
    `  recognition: ({ ${['y', ...conditionInputs].join(', ')} }) => ${seen},`,
    `  decoder: ({ ${['z', ...conditionInputs].join(', ')} }) => ${hasClasses ? 'concat(z, label)' : 'z'}.pipe(${decoder}),`,
    '});',
    '',
    `/** ${count.toLocaleString('en')} pictures, in a folder for each class.${options.size === undefined ? '' : ' A size twice as large takes four times as long to train.'} */`,
    `export const data = () => imageFolder(new URL(${quoted(address)}, import.meta.url)${settings === '' ? '' : `, { ${settings} }`});`,
    '',
    '/** Training ends where validation gets no better. */',
    `export const training: TrainOptions = { batch: ${batchOf(pictures)} };`,
    '',
  ];
  return {
    text: text.join('\n'),
    sample: `${hasClasses ? '--set label=all ' : ''}--count 8 --temperature 0.7 --out out/pictures.png`,
  };
};
