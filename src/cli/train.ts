import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { Flags } from '../formats/run.ts';
import type { Training } from '../train/train.ts';
import type { TrainingLogger } from '../training/loggers.ts';
import { EXIT, note, say, type Context, type Io } from './io.ts';
import { DEVICES, examples, oneOf, positive, whole } from './options.ts';
import { interruption } from './signals.ts';
import { SIGNALS } from './io.ts';

/** The options as they are given; the others come from the definition, or from the defaults of `train()`. */
interface Options extends Flags {
  readonly out: string;
  readonly dryRun?: true;
  readonly open?: true;
  readonly resume?: true;
  readonly report: boolean;
  readonly tensorboard: boolean;
  readonly json?: true;
}

/** `train`: trains a definition on its data, and writes weights and metrics to a folder. */
export const train = (program: Command, { io, exit }: Context): Command =>
  program
    .command('train')
    .description('Train a definition on its data; leave weights, metrics, checkpoints and a report in a folder.')
    .argument('<definition>', 'a TypeScript or JavaScript file whose default export is a model, with data as `data`')
    .requiredOption(
      '--out <run>',
      'the folder of the run; an existing run is moved to previous/ in it, unless --resume resumes it',
    )
    .option(
      '--epochs <n>',
      'the number of epochs; by default training ends when the validation loss stops improving',
      whole(1),
    )
    .option('--minutes <n>', 'train for at most this number of minutes', positive())
    .option('--steps <n>', 'take at most this number of steps', whole(1))
    .option('--batch <n>', 'the batch size', whole(1))
    .option(
      '--seed <n>',
      'the random seed of initial weights, order and noise; the same seed gives the same weights',
      whole(0),
    )
    .option('--learning-rate <x>', 'the learning rate', positive({ most: 1e6 }))
    .option('--patience <n>', 'stop after this number of epochs without a better validation loss', whole(1))
    .option('--limit <n>', 'use at most this number of examples of each part of the data, drawn by the seed', whole(1))
    .option(
      '--engine <name>',
      'tfjs, onnx, or auto: tfjs-node where it works, else onnx',
      oneOf('tfjs', 'onnx', 'auto'),
    )
    .option('--device <name>', 'cpu, webgpu or cuda: where onnxruntime computes (default: cpu)', oneOf(...DEVICES))
    .option('--resume', 'resume the run in the folder from its last checkpoint, with its options')
    .option('--checkpoint-steps <n>', 'the number of steps between checkpoints', whole(1))
    .option('--checkpoint-minutes <n>', 'the number of minutes between checkpoints (default: 5)', positive())
    .option(
      '--checkpoint-keep <n>',
      'the number of checkpoints to keep (default: 2); each holds the best weights too',
      whole(1),
    )
    .option('--dry-run', 'do all but train: read the data, check the options, load the engine, and write nothing')
    .option('--open', 'show the page about the run in the browser, and keep it up to date while training')
    .option('--no-report', 'write no page about the run')
    .option('--no-tensorboard', 'write no event files for TensorBoard')
    .option('--json', 'print the result as one line of JSON on standard output')
    .addHelpText('after', examples('train examples/digits/model.ts --out out/digits --epochs 10'))
    .action(async (path: string, options: Options) => exit(await command(path, options, io)));

async function command(
  path: string,
  { out, json, resume, report, tensorboard, dryRun: isDry, open, ...flags }: Options,
  io: Io,
): Promise<number> {
  const [{ load }, { collect }, { trainInFolder }, { showTraining }] = await Promise.all([
    import('./load.ts'),
    import('./collect.ts'),
    import('../training/in-folder.ts'),
    import('./progress.ts'),
  ]);
  const definition = await load(path);
  const { model, data, name, training: defined, loggers } = definition;
  if (isDry) {
    const { dryRun } = await import('./dry-run.ts');
    await dryRun(definition, { ...defined, ...optionsOf(flags) }, { limit: flags.limit }, json === true, io);
    return EXIT.done;
  }
  const shown = open ? [await liveIn(out, io)] : [];
  const interrupted = interruption(io);
  try {
    const { training, summary, weightsFile, warnings, links } = await trainInFolder(
      {
        model,
        name,
        path,
        text: () => readFile(path, 'utf8'),
        collect: ({ limit }, seed) => collect(path, model, data, { limit, seed }),
        options: (all) => ({ ...defined, ...optionsOf(all) }),
      },
      { folder: out, resume: resume === true, flags, report, tensorboard, loggers: [...loggers, ...shown] },
      {
        say: (...lines) => note(io, ...lines),
        display: (unit) => showTraining(io, unit),
        signal: interrupted.signal,
      },
    );
    note(io, ...(await closing(training, weightsFile)), ...links);
    if (json) say(io, JSON.stringify({ ...summary, ...(warnings.length > 0 && { warnings }) }));
    return training.stopped === 'aborted' ? interrupted.code(SIGNALS.SIGINT) : EXIT.done;
  } finally {
    interrupted.done();
  }
}

/** Shows the page about a run in the browser when the run begins, and keeps it up to date: a logger. */
const liveIn = async (folder: string, io: Io): Promise<TrainingLogger> => {
  const [{ serveLive }, { default: openUrl }] = await Promise.all([import('../report/live.ts'), import('open')]);
  const live = await serveLive(folder);
  return {
    name: 'that keeps the page up to date',
    begin: async () => {
      note(io, `the page, while training: ${live.url}`);
      await openUrl(live.url).catch(() => note(io, 'no browser could be opened: open the address by hand'));
    },
    epoch: live.changed,
    end: live.end,
  };
};

/** Returns the options of `train()` among the flags. */
const optionsOf = (given: Flags) => {
  const { limit: _, checkpointSteps, checkpointMinutes, checkpointKeep: __, ...flags } = given;
  const every = {
    ...(checkpointSteps !== undefined && { steps: checkpointSteps }),
    ...(checkpointMinutes !== undefined && { minutes: checkpointMinutes }),
  };
  return { ...flags, ...(Object.keys(every).length > 0 && { checkpointEvery: every }) };
};

const closing = async ({ test, unit, ended, epochs }: Training, weights: string): Promise<readonly string[]> => {
  const { endingOf, onwards } = await import('../run/ending.ts');
  const n = (value: number) => value.toFixed(2);
  const of = unit === 'nats' ? '−ELBO' : 'loss';
  return [
    `${endingOf(ended, epochs, unit)}${onwards(ended)}`,
    ...(test
      ? [
          `test: ${of} ${n(test.negativeElbo)} ${unit}, of which reconstruction ${n(test.reconstruction)} and KL ${n(test.kl)}`,
        ]
      : []),
    `weights: ${weights}`,
  ];
};
