import { extname } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import pc from 'picocolors';
import { note, say, wantsColor, type Context, type Io } from './io.ts';
import { examples, whole } from './options.ts';

interface Options {
  readonly out?: string;
  readonly scale: number;
  readonly json?: true;
}

/** `data`: prints what was understood of a definition's data. */
export const dataCommand = (program: Command, { io }: Context): Command =>
  program
    .command('data')
    .description(
      "Print what was understood of a definition's data: rows, ranges, classes, what is missing or not used.",
    )
    .argument('<definition>', 'the file that defines the model, with data as `data`')
    .option('--out <file>', 'write a contact sheet of images there: .png', png)
    .option('--scale <n>', 'draw each pixel of it as a square of n × n', whole(1, 100), 2)
    .option('--json', 'print the result as one line of JSON on standard output')
    .addHelpText('after', examples('data model.ts', 'data examples/digits/model.ts --out digits.png'))
    .action((path: string, options: Options) => command(path, options, io));

async function command(path: string, { out, scale, json }: Options, io: Io): Promise<void> {
  const [{ load }, { collect }, { summaryOf }, { summaryLines }, { variablesOf }] = await Promise.all([
    import('./load.ts'),
    import('./collect.ts'),
    import('../data/summary.ts'),
    import('./data-summary.ts'),
    import('../train/parameters.ts'),
  ]);
  const { model, data } = await load(path);
  const { dataset } = await collect(path, model, data, { seed: 1 });
  const summary = summaryOf(dataset, variablesOf(model));
  const targets = Object.keys(model.target.targets ?? { y: model.target });
  if (json) say(io, JSON.stringify({ ...summary, targets }));
  else say(io, ...summaryLines(summary, targets, pc.createColors(wantsColor(io.stdout, io.env)).bold));
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
