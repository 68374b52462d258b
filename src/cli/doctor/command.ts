import { Option, type Command } from 'commander';
import { UserError } from '../../errors.ts';
import type { Device } from '../../train/engines.ts';
import type { Context } from '../io.ts';
import { examples } from '../options.ts';

interface Options {
  readonly device?: Device;
  readonly fix?: true;
  readonly json?: true;
}

/** `doctor`: reports what this machine trains and serves with, and fixes what it can. */
export const doctor = (program: Command, { io, exit }: Context): Command =>
  program
    .command('doctor')
    .description('Report what this machine trains and serves with, what is missing and why, and how to fix it.')
    .argument('[definition]', 'with --device: the file that defines a model')
    .addOption(
      new Option('--device <name>', 'report which operators of a model the device leaves to the processor').choices([
        'webgpu',
        'cuda',
      ]),
    )
    .option('--fix', 'first make @tensorflow/tfjs-node work, if it does not')
    .option('--json', 'print one line of JSON instead of a table')
    .addHelpText('after', examples('doctor', 'doctor --fix', 'doctor --device webgpu examples/digits/model.ts'))
    .action(async (definition: string | undefined, { device, ...options }: Options) => {
      if (device !== undefined && definition !== undefined) {
        const { deviceReport } = await import('./device.ts');
        return deviceReport(device, definition, options.json === true, io);
      }
      if (device !== undefined || definition !== undefined)
        throw new UserError(
          'doctor: expected both --device and a definition, got one of them; type doctor --device webgpu model.ts, or doctor alone',
        );
      const { doctor: examine } = await import('./doctor.ts');
      exit(await examine(options, io));
    });
