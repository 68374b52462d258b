import type { Command } from 'commander';
import type { RowOptions } from './data-rows.ts';
import type { Context, Io } from './io.ts';
import { countedExamples } from './number-text.ts';
import { examples } from './options.ts';
import { outFile, writeResults, type Line } from './results.ts';
import { aboutRow, withRowOptions } from './row-options.ts';

interface Options extends RowOptions {
  readonly out?: string;
}

/** `encode`: where examples are in the latent of an exported model. */
export const encodeCommand = (program: Command, { io }: Context): Command =>
  withRowOptions(
    program
      .command('encode')
      .description(
        'Encode examples with an exported model: the mean and the standard deviation of z, from recognition.onnx.',
      )
      .argument('<folder>', 'the folder of an exported model, with its recognition network'),
  )
    .option(
      '--out <file>',
      '.csv, .jsonl or .npy (the means); if left out, JSON lines go to standard output',
      outFile('.csv', '.jsonl', '.npy'),
    )
    .addHelpText(
      'after',
      examples('encode out/digits/onnx --example 3', 'encode out/weather/onnx --data days.csv --out z.csv'),
    )
    .action((folder: string, options: Options) => command(folder, options, io));

async function command(folder: string, { out, ...which }: Options, io: Io): Promise<void> {
  const [{ open }, { readRows }, { inBlocks }, { short }] = await Promise.all([
    import('../runtime/node.ts'),
    import('./data-rows.ts'),
    import('./blocks.ts'),
    import('../values/drawn-rows.ts'),
  ]);
  const model = await open(folder);
  try {
    const rows = await readRows(folder, model.signature, which);
    const { latent } = model.signature;
    const mean = new Float32Array(rows.indices.length * latent);
    const deviation = new Float32Array(mean.length);
    await inBlocks(rows.indices, async (block, from) => {
      const found = await model.encode(rows.batch(block));
      mean.set(found.mean.data, from * latent);
      deviation.set(found.deviation.data, from * latent);
    });
    const of = (all: Float32Array, at: number) => Array.from(all.subarray(at * latent, (at + 1) * latent), short);
    const lines = (): readonly Line[] =>
      rows.indices.map((index, at) => ({
        ...aboutRow(model.signature, rows, index),
        z: of(mean, at),
        deviation: of(deviation, at),
      }));
    const npy = () => ({ data: mean, shape: [rows.indices.length, latent] });
    await writeResults(io, out, countedExamples(rows.indices.length), { lines, npy });
  } finally {
    await model.close();
  }
}
