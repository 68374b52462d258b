import { extname } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import pc from 'picocolors';
import { note, say, wantsColor, type Context, type Io } from './io.ts';
import { examples, whole } from './options.ts';
import { widthOf } from './wrap.ts';

interface Options {
  readonly out?: string;
  readonly scale: number;
  readonly arrays?: string;
  readonly shards: number;
  readonly seed?: number;
  readonly json?: true;
}

/** `data`: prints what was understood of a definition's data. */
export const dataCommand = (program: Command, { io }: Context): Command =>
  program
    .command('data')
    .description(
      "Print how a definition's data are read: rows, ranges, classes, missing values and columns that are not used.",
    )
    .argument('<definition>', 'the file that defines the model, with data as `data`')
    .option('--out <file>', 'write a contact sheet of the images to this .png file', png)
    .option('--scale <n>', 'draw each pixel of it as a square of n × n', whole(1, 100), 2)
    .option(
      '--arrays <folder>',
      'write the examples to train on to this folder, as NumPy arrays, for train.py on many machines',
    )
    .option('--shards <n>', 'divide them among this number of folders, one for each worker', whole(1, 1e5), 1)
    .option('--seed <n>', 'the random seed of the run, by which examples are held out (default: 1)', whole(0))
    .option('--json', 'print the result as one line of JSON on standard output')
    .addHelpText(
      'after',
      examples(
        'data model.ts',
        'data examples/digits/model.ts --out digits.png',
        'data model.ts --arrays out/data --shards 8',
      ),
    )
    .action((path: string, options: Options) => command(path, options, io));

async function command(
  path: string,
  { out, scale, json, arrays, shards, seed: given }: Options,
  io: Io,
): Promise<void> {
  const [{ load }, { collect }, { summaryOf }, { summaryLines }, { variablesOf }] = await Promise.all([
    import('./load.ts'),
    import('./collect.ts'),
    import('../data/summary.ts'),
    import('./data-summary.ts'),
    import('../train/parameters.ts'),
  ]);
  const { model, data, training } = await load(path);
  const seed = given ?? training?.seed ?? 1;
  const { dataset } = await collect(path, model, data, { seed });
  const summary = summaryOf(dataset, variablesOf(model), training);
  const targets = Object.keys(model.target.targets ?? { y: model.target });
  if (json) say(io, JSON.stringify({ ...summary, targets }));
  else
    say(io, ...summaryLines(summary, targets, pc.createColors(wantsColor(io.stdout, io.env)).bold, widthOf(io.stdout)));
  if (arrays !== undefined) {
    const [{ planOf, prepare }, { writeShards }] = await Promise.all([
      import('../train/plan.ts'),
      import('../run/shards.ts'),
    ]);
    // What train() would train on: without what it holds out, with what it makes of columns.
    const plan = planOf(model, { ...training, seed, engine: 'onnx' });
    const { train } = await prepare(plan, dataset);
    const { name } = dataset;
    const written = await writeShards(arrays, train, plan.variables, { shards, seed, name });
    const once = written.once ? '; what changes examples in each epoch was done once' : '';
    note(io, `${written.rows} examples in ${written.shards.length} shards: ${arrays}${once}`);
  }
  if (out === undefined) return;
  const [{ contactSheet }, { encodePng }, { writeWhole }] = await Promise.all([
    import('./contact-sheet.ts'),
    import('./png.ts'),
    import('../files/whole.ts'),
  ]);
  await writeWhole(out, encodePng(contactSheet(model, dataset), scale));
  note(io, `contact sheet: ${out}`);
}

const png = (path: string): string => {
  if (extname(path) !== '.png') throw new InvalidArgumentError('Expected a name that ends in .png.');
  return path;
};
