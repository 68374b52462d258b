import type { Command } from 'commander';
import { note, say, type Context } from './io.ts';
import { examples } from './options.ts';

/** `report`: rewrites the page about a run. */
export const report = (program: Command, { io }: Context): Command =>
  program
    .command('report')
    .description(
      "Write report.html, a page about a run, from what is in the run's folder; also while the run is in progress.",
    )
    .argument('<run>', 'the folder of the run, as given to train --out')
    .option('--json', 'print the path as one line of JSON on standard output')
    .addHelpText('after', examples('report out/digits'))
    .action(async (folder: string, { json }: { json?: true }) => {
      const { writeReport } = await import('../report/write.ts');
      const file = await writeReport(folder);
      if (json) say(io, JSON.stringify({ report: file }));
      else note(io, `report: ${file}`);
    });
