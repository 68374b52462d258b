import type { Command } from 'commander';
import type { RowOptions } from './data-rows.ts';
import { note, type Context, type Io } from './io.ts';
import { examples, whole } from './options.ts';
import { withRowOptions } from './row-options.ts';
import { withDrawnOptions, writeDrawn } from './write-drawn.ts';

interface Options extends RowOptions {
  readonly count: number;
  readonly seed?: number;
  readonly mean?: true;
  readonly columns?: number;
  readonly scale: number;
  readonly labels?: true;
  readonly out?: string;
}

/** `impute`: fills what is missing of a target, by a model that is given parts of it. */
export const imputeCommand = (program: Command, { io }: Context): Command =>
  withDrawnOptions(
    withRowOptions(
      program
        .command('impute')
        .description(
          'Draw what is missing in rows, given the rest of each, with a model that was defined with known: anyPart().',
        )
        .argument('<folder>', 'the folder of an exported model'),
    )
      .option('--count <n>', 'draws of each row', whole(1, 2 ** 32), 1)
      .option('--seed <n>', 'the random seed (default: a random one, which is printed)', whole(0))
      .option('--mean', "give y's mean at the prior's mean instead of draws"),
    'example',
    "the row's number",
  )
    .addHelpText('after', examples('impute out/weather/onnx --data gaps.csv --out filled.csv'))
    .action((folder: string, options: Options) => command(folder, options, io));

async function command(folder: string, options: Options, io: Io): Promise<void> {
  const { out, columns, scale, labels, ...which } = options;
  const { imputeRows } = await import('./impute-rows.ts');
  const drawn = await imputeRows(folder, which);
  await writeDrawn(io, drawn, { out, columns, scale, labels });
  if (drawn.seed !== undefined && options.seed === undefined) note(io, `seed: ${drawn.seed}`);
}
