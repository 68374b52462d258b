import type { Command } from 'commander';
import { writeWhole } from '../files/whole.ts';
import { note, say, type Context, type Io } from './io.ts';
import { examples } from './options.ts';

interface Options {
  readonly out: string;
  readonly open?: true;
  readonly json?: true;
}

/** `compare`: puts runs side by side in one page. */
export const compare = (program: Command, { io }: Context): Command =>
  program
    .command('compare')
    .description('Put runs side by side in one page: figures, settings that differ, and curves laid over each other.')
    .argument('<runs...>', 'the folders of runs, as given to train --out')
    .option('--out <file>', 'the page', 'compare.html')
    .option('--open', 'open the page in the browser')
    .option(
      '--json',
      'print figures and settings that differ as one line of JSON on standard output, and write no page',
    )
    .addHelpText('after', examples('compare out/small out/large', 'compare out/* --out runs.html --open'))
    .action((folders: readonly string[], options: Options) => command(folders, options, io));

async function command(folders: readonly string[], { out, open, json }: Options, io: Io): Promise<void> {
  const [{ readRun }, { compared, differing, runsText }] = await Promise.all([
    import('../run/read-run.ts'),
    import('../report/comparison.ts'),
  ]);
  const runs = compared(await Promise.all(folders.map(async (folder) => [folder, await readRun(folder)] as const)));
  if (json) {
    const each = runs.map(({ name, folder, figures }) => ({ name, folder, ...figures }));
    return say(io, JSON.stringify({ runs: each, differ: differing(runs) }));
  }
  const { comparePage } = await import('../report/compare-page.ts');
  await writeWhole(out, comparePage(runs));
  note(io, `${runsText(runs.length)} compared: ${out}`);
  if (!open) return;
  const { default: openFile } = await import('open');
  await openFile(out).catch(() => note(io, 'no browser could be opened: open the file by hand'));
}
