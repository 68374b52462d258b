import { extname } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import { writeWhole } from '../files/whole.ts';
import type { Settings } from './conditions.ts';
import { note, type Context, type Io } from './io.ts';
import { examples, positive, whole } from './options.ts';

interface Options {
  readonly set?: Settings;
  readonly conditions?: string;
  readonly count: number;
  readonly seed?: number;
  readonly temperature?: number;
  readonly draw?: true;
  readonly mean?: true;
  readonly columns?: number;
  readonly scale: number;
  readonly out?: string;
}

/** `sample`: draws from an exported model, as a picture or as numbers. */
export const sample = (program: Command, { io }: Context): Command =>
  program
    .command('sample')
    .description('Sample an exported model: a PNG picture, CSV or JSON.')
    .argument('<folder>', 'the folder of an exported model')
    .option(
      '--set <condition=value>',
      'a condition: a class by name or number, several by commas or all; numbers; an image file (repeatable)',
      setting,
    )
    .option(
      '--conditions <file.csv>',
      'a line of conditions for each row, whose columns have their names; each has noise of its own',
    )
    .option('--count <n>', 'samples of each combination of conditions', whole(1, 2 ** 32), 1)
    .option(
      '--seed <n>',
      'the random seed; the same seed gives the same samples (default: a random one, which is printed)',
      whole(0),
    )
    .option(
      '--temperature <x>',
      "a factor for the prior's standard deviation (default: 1)",
      positive({ zero: true, most: 1e6 }),
    )
    .option('--draw', 'draw y from its distribution instead of giving its mean')
    .option('--mean', "give y at the prior's mean instead of samples")
    .option('--columns <n>', 'pictures side by side (unless given, a row for each combination of conditions)', whole(1))
    .option('--scale <n>', 'draw each pixel as a square of n × n', whole(1, 1000), 2)
    .option('--out <file>', '.png, .csv or .jsonl; JSON lines go to standard output where it is left out', outFile)
    .addHelpText(
      'after',
      examples(
        'sample out/digits/onnx --set digit=7 --count 16 --seed 1 --out picture.png',
        'sample out/digits/onnx --set digit=all --count 8 --out digits.png',
        'sample out/weather/onnx --conditions days.csv --draw --out drawn.csv',
      ),
    )
    .action((folder: string, options: Options) => command(folder, options, io));

async function command(
  folder: string,
  { set = NONE, out, columns, scale, temperature, ...options }: Options,
  io: Io,
): Promise<void> {
  const { drawSamples } = await import('./samples.ts');
  const drawn = await drawSamples(folder, set, { ...options, temperature: temperature ?? 1 });
  const format = out === undefined ? '.jsonl' : extname(out);
  const content =
    format === '.png'
      ? (await import('./png.ts')).encodePng(drawn.picture(columns, scale), scale)
      : format === '.csv'
        ? drawn.csv()
        : drawn.jsonl();
  if (out === undefined) io.stdout.write(content);
  else await writeWhole(out, content);
  if (out !== undefined) note(io, `${drawn.rows} samples: ${out}`);
  if (drawn.seed !== undefined && options.seed === undefined) note(io, `seed: ${drawn.seed}`);
  const { hint } = drawn;
  if (hint !== undefined && temperature === undefined && !options.mean)
    note(
      io,
      `these samples have temperature 1; they are clearer at ${hint}, which training measured: --temperature ${hint}`,
    );
}

const NONE: Settings = new Map();

const setting = (text: string, before = NONE): Settings => {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('Expected condition=value, such as digit=7.');
  const name = text.slice(0, at);
  return new Map([...before, [name, [...(before.get(name) ?? []), text.slice(at + 1)]]]);
};

const outFile = (path: string): string => {
  if (!['.png', '.csv', '.jsonl'].includes(extname(path)))
    throw new InvalidArgumentError('Expected a name that ends in .png, .csv or .jsonl.');
  return path;
};
