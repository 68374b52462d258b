import { extname } from 'node:path';
import type { Command } from 'commander';
import { InvalidData } from '../errors.ts';
import { writeWhole } from '../files/whole.ts';
import { note, type Io } from './io.ts';
import { counted } from './number-text.ts';
import { whole } from './options.ts';
import { outFile } from './results.ts';
import type { Several } from '../values/drawn-rows.ts';
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
      '.png, .csv, .jsonl, .npy or .npz (an array for each target); if left out, JSON lines go to standard output',
      outFile('.png', '.csv', '.jsonl', '.npy', '.npz'),
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
  if (out === undefined) return writeOut(io, drawn.jsonl());
  const { showCount } = await import('../data/count-progress.ts');
  const shown = showCount(out, 'samples', drawn.rows, io.stderr);
  try {
    await writeWhole(
      out,
      ending === '.png' ? await pngOf(drawn, columns, scale, labels) : pieces(drawn, ending, shown.at),
    );
  } finally {
    shown.end();
  }
  note(io, `${counted(drawn.rows)} ${drawn.rows === 1 ? 'sample' : 'samples'}: ${out}`);
};

const pieces = (drawn: Drawn, ending: string, at: (rows: number) => void): AsyncGenerator<string | Uint8Array> => {
  switch (ending) {
    case '.csv':
      return drawn.csv(at);
    case '.npy':
      return npyPieces(drawn, at);
    case '.npz':
      return npzPieces(drawn, at);
    default:
      return drawn.jsonl(at);
  }
};

async function* npyPieces({ arrays, rows }: Drawn, at: (rows: number) => void): AsyncGenerator<Uint8Array> {
  const { npyBytes, npyHead } = await import('../data/encode-npy.ts');
  let isFirst = true;
  for await (const several of arrays(at)) {
    const [one, ...others] = Object.values(several);
    if (!one || others.length > 0)
      throw new InvalidData('out: expected a single target as .npy, got several; give a .npz, a .csv or a .jsonl');
    const numbers = numbersOf(one);
    if (isFirst) yield npyHead(numbers, [rows, ...one.shape.slice(1)]);
    isFirst = false;
    yield npyBytes(numbers);
  }
}

/** The archive is written at its end: it holds one target after the other, and samples come with all of them. */
async function* npzPieces({ arrays, rows }: Drawn, at: (rows: number) => void): AsyncGenerator<Uint8Array> {
  const [{ npyBytes, npyHead }, { zipSync }] = await Promise.all([import('../data/encode-npy.ts'), import('fflate')]);
  const files = new Map<string, Uint8Array[]>();
  for await (const several of arrays(at))
    for (const [name, one] of Object.entries(several)) {
      const numbers = numbersOf(one);
      const pieces = files.get(`${name}.npy`) ?? [npyHead(numbers, [rows, ...one.shape.slice(1)])];
      pieces.push(npyBytes(numbers));
      files.set(`${name}.npy`, pieces);
    }
  const whole = Array.from(files, ([name, all]) => [name, new Uint8Array(Buffer.concat(all))] as const);
  // Stored as they are, with one date, so that equal samples are equal files.
  yield zipSync(Object.fromEntries(whole), { level: 0, mtime: new Date(1980, 0, 1) });
}

const numbersOf = ({ data }: Several[string]): Float32Array => Float32Array.from(data);

/** Writes pieces to standard output no faster than they are read there, and as long as somebody reads. */
const writeOut = async ({ stdout }: Io, all: AsyncGenerator<string>): Promise<void> => {
  let isOver = false;
  const over = new Promise<void>((resolve) => {
    const end = () => {
      isOver = true;
      resolve();
    };
    stdout.once('error', end).once('close', end);
  });
  for await (const piece of all) {
    if (isOver) return;
    if (!stdout.write(piece)) await Promise.race([over, new Promise((resolve) => stdout.once('drain', resolve))]);
  }
};

const pngOf = async (
  drawn: Drawn,
  columns: number | undefined,
  scale: number,
  labels: true | undefined,
): Promise<Uint8Array> => {
  const { encodePng, enlarged } = await import('./png.ts');
  const picture = await drawn.picture(columns, scale);
  if (!labels) return encodePng(picture, scale);
  const { labelled } = await import('./labels.ts');
  return encodePng(labelled(enlarged(picture, scale), drawn.labels));
};
