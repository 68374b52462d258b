import type { Command } from 'commander';
import type { Context } from '../io.ts';
import { examples } from '../options.ts';

/** `doctor`: reports what this machine trains and serves with, and fixes what it can. */
export const doctor = (program: Command, { io, exit }: Context): Command =>
  program
    .command('doctor')
    .description('Report what this machine trains and serves with, what is missing and why, and how to fix it.')
    .option('--fix', 'first make @tensorflow/tfjs-node work, if it does not')
    .option('--json', 'print one line of JSON instead of a table')
    .addHelpText('after', examples('doctor', 'doctor --fix'))
    .action(async (options: { fix?: true; json?: true }) => {
      const { doctor: examine } = await import('./doctor.ts');
      exit(await examine(options, io));
    });
