import type { Command } from 'commander';
import type { Settings } from './conditions.ts';
import type { RowOptions } from './data-rows.ts';
import { note, type Context, type Io } from './io.ts';
import { examples, positive, whole } from './options.ts';
import { withRowOptions } from './row-options.ts';
import { setting } from './setting.ts';
import { withDrawnOptions, writeDrawn } from './write-drawn.ts';

interface Options extends RowOptions {
  readonly as?: Settings;
  readonly count: number;
  readonly seed?: number;
  readonly temperature: number;
  readonly draw?: true;
  readonly columns?: number;
  readonly scale: number;
  readonly labels?: true;
  readonly out?: string;
}

/** `reconstruct`: draws examples again from their own z, under their conditions or others. */
export const reconstructCommand = (program: Command, { io }: Context): Command =>
  withDrawnOptions(
    withRowOptions(
      program
        .command('reconstruct')
        .description(
          'Reconstruct examples from their own z, with recognition.onnx and the decoder; with --as, under other conditions.',
        )
        .argument('<folder>', 'the folder of an exported model, with its recognition network'),
    )
      .option('--as <condition=value>', 'change a condition while z stays: digit=3, or digit=all (repeatable)', setting)
      .option('--count <n>', 'draws of each example', whole(1, 2 ** 32), 1)
      .option('--seed <n>', 'the random seed (default: a random one, which is printed)', whole(0))
      .option(
        '--temperature <x>',
        "a factor for the posterior's standard deviation: 0 for its mean",
        positive({ zero: true, most: 1e6 }),
        0,
      )
      .option('--draw', 'draw y from its distribution instead of giving its mean'),
    'example, which it begins with',
    "the example's number",
  )
    .addHelpText('after', examples('reconstruct out/digits/onnx --example 0-9 --as digit=all --out styles.png'))
    .action((folder: string, options: Options) => command(folder, options, io));

async function command(folder: string, options: Options, io: Io): Promise<void> {
  const { out, columns, scale, labels, seed, temperature, draw, ...which } = options;
  const { reconstructRows } = await import('./reconstruct-rows.ts');
  const random = temperature > 0 || draw === true;
  const used = seed ?? Math.floor(Math.random() * 2 ** 32);
  const drawn = await reconstructRows(folder, { ...which, seed: used, temperature, ...(draw && { draw }) });
  await writeDrawn(io, drawn, { out, columns, scale, labels });
  if (random && seed === undefined) note(io, `seed: ${used}`);
}
