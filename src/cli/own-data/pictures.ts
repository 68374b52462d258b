import { imageFolder } from '../../data/image-folder.ts';
import type { WrittenDefinition } from './definition.ts';
import { called, quoted } from './text.ts';

/** A folder of pictures: what its images are. */
export interface Pictures {
  readonly count: number;
  readonly shape: readonly [height: number, width: number, channels: number];
  readonly classes: readonly string[];
}

/** Reads a folder of pictures by class. @throws InvalidFile or InvalidData if it is none. */
export async function picturesIn(folder: string): Promise<Pictures> {
  const { train } = await imageFolder(folder);
  const [height = 1, width = 1, channels = 1] = train.columns['y']?.shape ?? [];
  const { classes } = train.columns['label'] ?? {};
  return { count: train.count, shape: [height, width, channels], classes: typeof classes === 'object' ? classes : [] };
}

/** Writes the definition of a model that draws pictures of a class; `address` is the folder's, as seen from it. */
export const picturesDefinition = ({ count, shape, classes }: Pictures, address: string): WrittenDefinition => {
  const [height, width, channels] = shape;
  // As many halvings as both sides allow, down to 4 pixels or so.
  const levels = [1, 2, 3].filter((n) => [height, width].every((side) => side % 2 ** n === 0 && side >> n >= 3)).length;
  const widths = [16, 32, 64].slice(0, levels);
  const latent = 32;
  const hasClasses = classes.length > 1;
  const told = hasClasses ? ['label'] : [];
  const list = (values: readonly number[]): string => values.join(', ');
  const [encoder, decoder] =
    levels > 0
      ? [
          `convEncoder({ channels: [${list(widths)}] })`,
          `convDecoder(${list(shape)}, { channels: [${list(widths.toReversed())}] })`,
        ]
      : ['flatten, mlp([512])', `mlp([512]), dense(${height * width * channels}), reshape(${list(shape)})`];
  const uses = [
    ...(hasClasses ? ['categorical', 'concat'] : []),
    ...(levels > 0 ? ['convDecoder', 'convEncoder'] : ['dense', 'flatten', 'reshape']),
    'bernoulli',
    'cvae',
    'gaussian',
    'mlp',
  ];
  const features = `y.pipe(${encoder})`;
  const seen = hasClasses
    ? `concat(${features}, label).pipe(mlp([256]), gaussian(${latent}))`
    : `${features}.pipe(mlp([256]), gaussian(${latent}))`;
  const epochs = Math.max(5, Math.min(200, Math.round(300_000 / count)));
  const text = [
    `import { ${uses.sort().join(', ')} } from 'cvae-compile';`,
    "import { imageFolder } from 'cvae-compile/data';",
    "import type { TrainOptions } from 'cvae-compile/train';",
    '',
    `/** Draws a picture of ${width} × ${height} pixels${channels === 1 ? ', grey' : ', in colour'}${hasClasses ? ', of the class it is told' : ''}. */`,
    'export default cvae({',
    hasClasses ? `  condition: { label: ${called('categorical', classes.map(quoted), 2)} },` : '  condition: {},',
    `  target: bernoulli(${list(shape)}),`,
    `  latent: ${latent},`,
    `  recognition: ({ ${['y', ...told].join(', ')} }) => ${seen},`,
    `  decoder: ({ ${['z', ...told].join(', ')} }) => ${hasClasses ? 'concat(z, label)' : 'z'}.pipe(${levels > 0 ? 'mlp([256]), ' : ''}${decoder}),`,
    '});',
    '',
    `/** ${count.toLocaleString('en')} pictures, in a folder for each class. */`,
    `export const data = () => imageFolder(new URL(${quoted(address)}, import.meta.url)${channels === 1 ? '' : `, { channels: ${channels} }`});`,
    '',
    'export const training: TrainOptions = {',
    `  epochs: ${epochs},`,
    `  patience: ${Math.max(3, Math.round(epochs / 8))},`,
    '  batch: 32,',
    '  learningRate: 1e-3,',
    '};',
    '',
  ];
  return {
    text: text.join('\n'),
    sample: `${hasClasses ? '--set label=all ' : ''}--count 8 --temperature 0.7 --out out/pictures.png`,
  };
};
