import type { Command } from 'commander';
import type { RowOptions } from './data-rows.ts';
import { note, type Context, type Io } from './io.ts';
import { countedExamples } from './number-text.ts';
import { examples, whole } from './options.ts';
import { outFile, writeResults, type Line } from './results.ts';
import { aboutRow, withRowOptions } from './row-options.ts';

interface Options extends RowOptions {
  readonly samples: number;
  readonly seed: number;
  readonly lowest?: number;
  readonly out?: string;
}

/** `score`: how likely examples are to an exported model. */
export const scoreCommand = (program: Command, { io }: Context): Command =>
  withRowOptions(
    program
      .command('score')
      .description(
        'Estimate log p(y|x) of examples with an exported model, in nats, with its standard error, from evaluation.onnx: the lowest are unusual.',
      )
      .argument('<folder>', 'the folder of an exported model, with its evaluation'),
  )
    .option('--samples <n>', 'draws of z for each example', whole(2, 1e9), 100)
    .option('--seed <n>', 'the random seed of the draws', whole(0), 1)
    .option('--lowest <n>', 'give only this many, the least likely first', whole(1))
    .option(
      '--out <file>',
      '.csv, .jsonl or .npy; if left out, JSON lines go to standard output',
      outFile('.csv', '.jsonl', '.npy'),
    )
    .addHelpText(
      'after',
      examples(
        'score out/weather/onnx --data days.csv --lowest 10',
        'score out/digits/onnx --example 0-3 --samples 1000',
      ),
    )
    .action((folder: string, options: Options) => command(folder, options, io));

/** Estimates that are worth fewer draws than this are noted. */
const FEW = 5;

async function command(folder: string, { out, samples, seed, lowest, ...which }: Options, io: Io): Promise<void> {
  const [{ open }, { readRows }, { inBlocks }, { Moments }] = await Promise.all([
    import('../runtime/node.ts'),
    import('./data-rows.ts'),
    import('./blocks.ts'),
    import('../train/log-mean.ts'),
  ]);
  const model = await open(folder);
  try {
    const rows = await readRows(folder, model.signature, which);
    const count = rows.indices.length;
    const [values, errors, effective] = [new Float64Array(count), new Float64Array(count), new Float64Array(count)];
    await inBlocks(rows.indices, async (block, from) => {
      const found = await model.logLikelihood(rows.batch(block), { samples, seed });
      values.set(found.values, from);
      errors.set(found.standardErrors, from);
      effective.set(found.effectiveSamples, from);
    });
    const all = Array.from({ length: count }, (_, at) => at);
    const order = lowest === undefined ? all : all.sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0)).slice(0, lowest);
    const digits = (value: number | undefined): number => Number((value ?? NaN).toPrecision(6));
    const lines = (): readonly Line[] =>
      order.map((at) => ({
        ...aboutRow(model.signature, rows, rows.indices[at] ?? 0),
        logLikelihood: digits(values[at]),
        standardError: digits(errors[at]),
        effectiveSamples: digits(effective[at]),
      }));
    const npy = () => ({ data: Float64Array.from(order, (at) => values[at] ?? NaN), shape: [order.length] });
    await writeResults(io, out, countedExamples(order.length), { lines, npy });
    const moments = new Moments();
    for (const value of values) moments.add(value);
    // A predictor's likelihood is exact.
    const few = errors.some((error) => error > 0) ? effective.filter((own) => own < FEW).length : 0;
    if (few > 0)
      note(
        io,
        `${few} of ${count} ${few === 1 ? `is worth fewer than ${FEW} draws: its standard error is` : `are worth fewer than ${FEW} draws each: their standard errors are`} too small; give more --samples`,
      );
    const { withMinus } = await import('../values/minus.ts');
    // Of one, how far it would be elsewhere is not known, but how exact it is.
    const error = count === 1 ? (errors[0] ?? 0) : moments.error;
    note(io, `mean of ${count}: ${withMinus(moments.mean.toFixed(2))} ± ${error.toFixed(2)} nats`);
  } finally {
    await model.close();
  }
}
