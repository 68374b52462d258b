import type { Command } from 'commander';
import { InvalidData } from '../errors.ts';
import type { RowOptions } from './data-rows.ts';
import type { Settings } from './conditions.ts';
import { note, type Context, type Io } from './io.ts';
import { examples, positive, whole } from './options.ts';
import { dataText, partOption, rowRanges } from './row-options.ts';
import { NONE, setting } from './setting.ts';
import { withDrawnOptions, writeDrawn } from './write-drawn.ts';

interface Options extends RowOptions {
  readonly set?: Settings;
  readonly as?: Settings;
  readonly labels?: true;
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
  withDrawnOptions(
    program
      .command('sample')
      .description('Sample an exported model: a PNG picture, CSV, JSON or NumPy.')
      .argument('<folder>', 'the folder of an exported model')
      .option(
        '--set <condition=value>',
        'a condition: a class by name or number, several separated by commas, or all; numbers; or an image file (repeatable)',
        setting,
      )
      .option(
        '--conditions <file>',
        'a CSV, JSON, Parquet or Arrow file with a column for each condition and a row for each combination; each row has its own noise',
      )
      .option(
        '--example <rows>',
        'take the conditions of these rows of --data, counted from 0: 3, or 0,5, or 0-9; all have the same noise',
        rowRanges,
      )
      .option('--data <file>', dataText('where --example is looked up'))
      .addOption(partOption())
      .option(
        '--as <condition=value>',
        'change a condition while z stays: the samples of --set, drawn for this instead (repeatable)',
        setting,
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
      .option('--mean', "give y at the prior's mean instead of samples"),
    'combination of conditions',
    'the conditions',
  )
    .addHelpText(
      'after',
      examples(
        'sample out/digits/onnx --set digit=7 --count 16 --seed 1 --out picture.png',
        'sample out/digits/onnx --set digit=all --count 8 --out digits.png',
        'sample out/digits/onnx --set digit=7 --as digit=all --count 8 --labels --out styles.png',
        'sample out/weather/onnx --conditions days.csv --draw --out drawn.csv',
      ),
    )
    .action((folder: string, options: Options) => command(folder, options, io));

async function command(
  folder: string,
  { set = NONE, out, columns, scale, labels, data, example, part, temperature, ...options }: Options,
  io: Io,
): Promise<void> {
  if (example === undefined && data !== undefined)
    throw new InvalidData('data: expected --example, the rows whose conditions are taken, got none; give --example 0');
  const rows = example && { rows: { example, ...(data !== undefined && { data }), ...(part && { part }) } };
  const { drawSamples } = await import('./samples.ts');
  const drawn = await drawSamples(folder, set, { ...options, temperature: temperature ?? 1, ...rows });
  await writeDrawn(io, drawn, { out, columns, scale, labels });
  if (drawn.seed !== undefined && options.seed === undefined) note(io, `seed: ${drawn.seed}`);
  const { hint } = drawn;
  if (hint !== undefined && temperature === undefined && !options.mean)
    note(
      io,
      `these samples have temperature 1; they are clearer at ${hint}, which training measured: --temperature ${hint}`,
    );
}
