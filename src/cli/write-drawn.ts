import { extname } from 'node:path';
import type { Command } from 'commander';
import { InvalidData } from '../errors.ts';
import { writeWhole } from '../files/whole.ts';
import { note, type Io } from './io.ts';
import { whole } from './options.ts';
import { outFile } from './results.ts';
import type { Drawn } from './samples.ts';

/** Where samples are written, and how a picture of them looks. */
export interface DrawnOptions {
  readonly out: string | undefined;
  readonly columns: number | undefined;
  readonly scale: number;
  readonly labels: true | undefined;
}

/** Adds the options of where samples are written; `row` is what has a row of its own in a picture, and `label` what is written before it. */
export const withDrawnOptions = (command: Command, row: string, label: string): Command =>
  command
    .option('--columns <n>', `the number of pictures in a row (default: one row for each ${row})`, whole(1))
    .option('--scale <n>', 'draw each pixel as a square of n × n', whole(1, 1000), 2)
    .option('--labels', `write ${label} before each row of a picture`)
    .option(
      '--out <file>',
      '.png, .csv, .jsonl or .npy; if left out, JSON lines go to standard output',
      outFile('.png', '.csv', '.jsonl', '.npy'),
    );

/** Writes samples in the format of a file's ending, or as JSON lines to standard output. */
export const writeDrawn = async (
  io: Io,
  drawn: Drawn,
  { out, columns, scale, labels }: DrawnOptions,
): Promise<void> => {
  const ending = out === undefined ? '.jsonl' : extname(out);
  if (labels && ending !== '.png')
    throw new InvalidData(
      `labels: expected a picture, got ${ending}; give --out a name that ends in .png, or leave --labels out`,
    );
  const content = async (): Promise<string | Uint8Array> => {
    if (ending === '.csv') return drawn.csv();
    if (ending === '.npy') return (await import('../data/encode-npy.ts')).npyOf(drawn.npy());
    if (ending !== '.png') return drawn.jsonl();
    const { encodePng, enlarged } = await import('./png.ts');
    const picture = drawn.picture(columns, scale);
    if (!labels) return encodePng(picture, scale);
    const { labelled } = await import('./labels.ts');
    return encodePng(labelled(enlarged(picture, scale), drawn.labels));
  };
  if (out === undefined) return void io.stdout.write(await content());
  await writeWhole(out, await content());
  note(io, `${drawn.rows} samples: ${out}`);
};
