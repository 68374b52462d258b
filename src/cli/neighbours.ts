import type { Command } from 'commander';
import { InvalidData } from '../errors.ts';
import type { RowOptions } from './data-rows.ts';
import type { Context, Io } from './io.ts';
import { countedExamples } from './number-text.ts';
import { examples, whole } from './options.ts';
import { outFile, writeResults, type Line } from './results.ts';
import { aboutRow, rowRanges, withRowOptions } from './row-options.ts';

interface Options extends RowOptions {
  readonly among: RowOptions['example'];
  readonly count: number;
  readonly scale: number;
  readonly out?: string;
}

/** `neighbours`: which rows of data are most like others, by z. */
export const neighboursCommand = (program: Command, { io }: Context): Command =>
  withRowOptions(
    program
      .command('neighbours')
      .alias('neighbors')
      .description(
        'Find the examples that are nearest to some by z: the Euclidean distance between the means of q(z|x,y).',
      )
      .argument('<folder>', 'the folder of an exported model, with its recognition network'),
  )
    .option('--among <rows>', 'the rows of the same data that are searched (default: all)', rowRanges)
    .option('--count <n>', 'neighbours of each', whole(1), 5)
    .option('--scale <n>', 'draw each pixel of a picture as a square of n × n', whole(1, 100), 2)
    .option(
      '--out <file>',
      '.csv, .jsonl, .npy (their numbers), or .png, a row for each; if left out, JSON lines go to standard output',
      outFile('.csv', '.jsonl', '.npy', '.png'),
    )
    .addHelpText(
      'after',
      examples('neighbours out/digits/onnx --data examples/digits/model.ts --example 3 --count 8 --out alike.png'),
    )
    .action((folder: string, options: Options) => command(folder, options, io));

async function command(folder: string, { out, among, count, scale, ...which }: Options, io: Io): Promise<void> {
  const [{ open }, { readRows }, { inBlocks }, { truths }, { short }] = await Promise.all([
    import('../runtime/node.ts'),
    import('./data-rows.ts'),
    import('./blocks.ts'),
    import('./truths.ts'),
    import('../values/drawn-rows.ts'),
  ]);
  const model = await open(folder);
  try {
    const { signature } = model;
    const { data, part } = which;
    const from = { ...(data !== undefined && { data }), ...(part && { part }) };
    const all = await readRows(folder, signature, { ...from, ...(among && { example: among }) });
    const wanted = await readRows(folder, signature, which);
    const encoded = async (rows: typeof all) => {
      const means = new Float32Array(rows.indices.length * signature.latent);
      await inBlocks(rows.indices, async (block, at) =>
        means.set((await model.encode(rows.batch(block))).mean.data, at * signature.latent),
      );
      return { mean: { data: means, shape: [rows.indices.length, signature.latent] } };
    };
    // One more than asked for, since an example that is among them is its own neighbour.
    const found = await model.neighbours(await encoded(wanted), await encoded(all), { count: count + 1 });
    const width = found.shape[1];
    const rows = wanted.indices.map((index, row) => {
      const near = Array.from({ length: width }, (_, k) => ({
        index: all.indices[found.indices[row * width + k] ?? 0] ?? 0,
        distance: short(found.distances[row * width + k] ?? NaN),
      }));
      return { index, near: near.filter((one) => one.index !== index).slice(0, count) };
    });
    if (rows.some(({ near }) => near.length === 0))
      throw new InvalidData('among: expected other examples than the one that is asked about, got none; give more');
    const lines = (): readonly Line[] =>
      rows.map(({ index, near }) => ({
        ...aboutRow(signature, wanted, index),
        neighbours: near.map((one) => one.index),
        distances: near.map(({ distance }) => distance),
      }));
    const npy = () => ({
      data: Int32Array.from(rows.flatMap(({ near }) => near.map((one) => one.index))),
      shape: [rows.length, rows[0]?.near.length ?? 0],
    });
    const { encodePng } = await import('./png.ts');
    const { mosaic } = await import('../runtime/picture.ts');
    const png = () => {
      const pictures = truths(signature, all);
      const each = rows.flatMap(({ index, near }) => [index, ...near.map((one) => one.index)].map(pictures));
      return encodePng(mosaic(each, 1 + (rows[0]?.near.length ?? 0)), scale);
    };
    await writeResults(io, out, countedExamples(rows.length), { lines, npy, png });
  } finally {
    await model.close();
  }
}
