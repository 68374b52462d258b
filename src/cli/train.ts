import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Flags, RunRecord } from '../formats/run.ts';
import type { Checkpoint } from '../train/checkpoint.ts';
import type { TrainOptions, Training } from '../train/train.ts';
import { bestOf } from './best.ts';
import { counted } from './figures.ts';
import { EXIT, note, say, type Context, type Io } from './io.ts';
import type { Definition } from './load.ts';
import { examples, oneOf, positive, whole } from './options.ts';
import type { RunFolder } from './run-folder.ts';
import { interruption, SIGNALS } from './signals.ts';

/** The options as they are given; what is left out is the definition's, or `train()`'s own default. */
interface Options extends Flags {
  readonly out: string;
  readonly resume?: true;
  readonly report: boolean;
  readonly tensorboard: boolean;
  readonly json?: true;
}

/** `train`: trains a definition on its data, and leaves weights and metrics in a folder. */
export const train = (program: Command, { io, exit }: Context): Command =>
  program
    .command('train')
    .description('Train a definition on its data; leave weights, metrics, checkpoints and a report in a folder.')
    .argument('<definition>', 'a TypeScript or JavaScript file whose default export is a model, with data as `data`')
    .requiredOption(
      '--out <run>',
      'the folder of the run; a run that is there is moved to previous/ in it, unless --resume goes on with it',
    )
    .option('--epochs <n>', 'how often all examples are seen', whole(1))
    .option('--batch <n>', 'examples a step', whole(1))
    .option('--seed <n>', 'decides first weights, order and noise: the same seed, the same weights', whole(0))
    .option('--learning-rate <x>', 'how far a step goes', positive({ most: 1e6 }))
    .option('--patience <n>', 'stop after so many epochs without a better validation loss', whole(1))
    .option('--limit <n>', 'use only so many examples of each part of the data, drawn by the seed', whole(1))
    .option(
      '--engine <name>',
      'tfjs, onnx, or auto: tfjs-node where it works, else onnx',
      oneOf('tfjs', 'onnx', 'auto'),
    )
    .option('--resume', 'go on with the run in the folder, from its last checkpoint, with the options it had')
    .option('--checkpoint-steps <n>', 'write a checkpoint after every so many steps', whole(1))
    .option('--checkpoint-minutes <n>', 'write a checkpoint after every so many minutes (default: 5)', positive())
    .option('--checkpoint-keep <n>', 'keep so many checkpoints (default: 2); each holds the best weights too', whole(1))
    .option('--no-report', 'write no page about the run')
    .option('--no-tensorboard', 'write no event files for TensorBoard')
    .option('--json', 'print the result as one line of JSON on standard output')
    .addHelpText('after', examples('train examples/digits/model.ts --out out/digits --epochs 10'))
    .action(async (path: string, options: Options) => exit(await command(path, options, io)));

async function command(path: string, { out, resume, ...options }: Options, io: Io): Promise<number> {
  const { load } = await import('./load.ts');
  const definition = await load(path);
  const { openRun } = await import('./run-folder.ts');
  // From here on the folder is ours alone.
  const run = await openRun(out);
  try {
    return await trainIn(run, definition, { out, ...(resume && { resume }), ...options }, io);
  } finally {
    await run.close();
  }
}

async function trainIn(
  run: RunFolder,
  definition: Definition,
  { out, json, resume, report, tensorboard, ...given }: Options,
  io: Io,
): Promise<number> {
  const { model, data, name, path } = definition;
  const [
    { collect },
    { specimensText },
    { namesMetadata },
    { recordOf },
    trains,
    engines,
    { auxiliaryMetadata },
    { onlookers },
    { reaching },
  ] = await parts();
  // What was given before stays, unless it is given again.
  const flags: Flags = resume ? { ...(await run.flags()), ...given } : given;
  const options: TrainOptions = { ...definition.training, ...optionsOf(flags) };
  const { seed = 1, engine: wanted = 'auto' } = options;
  const collected = await collect(path, model, data, { limit: flags.limit, seed });
  const { dataset } = collected;
  const engine = typeof wanted === 'string' ? await engines.engineOf(wanted) : wanted;
  const record = recordOf(definition, dataset, options, engine, flags);
  const { parameters, fingerprint } = record.model;
  const metadata = { fingerprint, seed: `${seed}`, ...auxiliaryMetadata(trains.auxiliaryOf(model, options)) };
  await run.prepare(4 * parameters, flags.checkpointKeep, namesMetadata(dataset.names ?? {}));
  const interrupted = interruption(io);
  const watching = await onlookers(run, io, { out, model, dataset, engine, seed, report, tensorboard });
  const reached = reaching(run);
  try {
    note(io, `${name}: ${counted(parameters)} parameters, ${counted(dataset.train.count)} examples, ${engine.name}`);
    const latest = resume ? await run.latest((file, why) => watching.warn(damaged(file, why))) : undefined;
    const last = await started(run, { path, out, record, last: latest, io });
    await watching.spare.attempt('examples of the data', async () => {
      const specimens = specimensText(model, collected);
      if (specimens !== undefined) await run.show(specimens);
    });
    await watching.begin([...(last?.earlier ?? []), ...(last?.history ?? [])]);
    const result = await trains.train(model, dataset, {
      ...options,
      engine,
      ...(last && { resume: last }),
      signal: interrupted.signal,
      onNotice: watching.notice,
      onProgress: watching.progress,
      onCheckpoint: (checkpoint) => watching.spare.attempt('a checkpoint', () => reached.checkpoint(checkpoint)),
      onEpoch: async (epoch, weights) => {
        reached.epoch(epoch, weights);
        await watching.epoch(epoch, weights);
      },
    });
    const summary = summaryOf(result, run.weightsFile);
    await run.save(new Map([...result.weights, ...result.auxiliary]), metadata);
    await watching.end(summary, result.weights);
    note(io, ...closing(result, run.weightsFile), ...watching.links());
    const { warnings } = watching.spare;
    if (json) say(io, JSON.stringify({ ...summary, ...(warnings.length > 0 && { warnings }) }));
    return result.stopped === 'aborted' ? interrupted.code(SIGNALS.SIGINT) : EXIT.done;
  } catch (error) {
    const kept = await reached.fail(error, metadata);
    if (kept) {
      await watching.end(kept.ending);
      note(io, kept.line);
    }
    throw error;
  } finally {
    interrupted.done();
  }
}

/** The line about a checkpoint that cannot be gone on from. */
const damaged = (file: string, why: string): string =>
  `warning: ${file} is damaged (${why}); the run goes on from the checkpoint before it, and the next one takes its place`;

/** What the command is made of, loaded when it is given. */
const parts = () =>
  Promise.all([
    import('./collect.ts'),
    import('./specimens.ts'),
    import('../weights/names.ts'),
    import('./run-record.ts'),
    import('../train/train.ts'),
    import('../train/engines.ts'),
    import('../weights/file.ts'),
    import('./onlookers.ts'),
    import('./reached.ts'),
  ]);

/** The options of `train()` among the flags. */
const optionsOf = (given: Flags) => {
  const { limit: _, checkpointSteps, checkpointMinutes, checkpointKeep: __, ...flags } = given;
  const every = {
    ...(checkpointSteps !== undefined && { steps: checkpointSteps }),
    ...(checkpointMinutes !== undefined && { minutes: checkpointMinutes }),
  };
  return { ...flags, ...(Object.keys(every).length > 0 && { checkpointEvery: every }) };
};

/** Begins a run, or goes on with it from its last checkpoint, which it gives. */
const started = async (run: RunFolder, { path, out, record, last, io }: Start): Promise<Checkpoint | undefined> => {
  const text = await readFile(path, 'utf8');
  if (!last) {
    const previous = await run.begin(record, text);
    if (previous) note(io, `the run that was in ${out} is in ${previous} now`);
    return undefined;
  }
  const { DEFINITION, readDefinition } = await import('./run-folder.ts');
  const of = last.phase === 'model' ? 'epoch' : 'epoch of the baseline';
  note(io, `goes on with ${of} ${last.epoch}, step ${last.step + 1}`);
  if (text !== ((await readDefinition(out)) ?? text))
    note(io, `${path} has changed since the run began; ${join(out, DEFINITION)} is what it was`);
  await run.goOn(record, [...last.earlier, ...last.history]);
  return last;
};

interface Start {
  readonly path: string;
  readonly out: string;
  readonly record: RunRecord;
  readonly last: Checkpoint | undefined;
  readonly io: Io;
}

/** The result as scripts read it: nats, or squared error where `unit` says so. */
const summaryOf = (
  { test, validation, unit, stopped, epochs, seed, engine, data, fingerprint }: Training,
  weights: string,
) => ({
  test: test ?? null,
  validation: validation ?? null,
  unit,
  stopped,
  epochs: epochs.filter(({ phase }) => phase === 'model').length,
  seed,
  engine,
  data,
  fingerprint,
  weights,
});

const closing = ({ test, unit, stopped, epochs }: Training, weights: string): readonly string[] => {
  const n = (value: number) => value.toFixed(2);
  const why = { finished: '', early: 'stopped early', aborted: 'interrupted' }[stopped];
  // Of the phase that it stopped in: the baseline's epochs are of another loss.
  const own = epochs.filter(({ phase }) => phase === epochs.at(-1)?.phase);
  const best = stopped === 'early' ? `; the lowest validation loss is that of epoch ${bestOf(own)?.epoch}` : '';
  const of = unit === 'nats' ? '−ELBO' : 'loss';
  return [
    ...(why === '' ? [] : [`${why} after ${own.length} epochs${best}`]),
    ...(test
      ? [
          `test: ${of} ${n(test.negativeElbo)} ${unit}, of which reconstruction ${n(test.reconstruction)} and KL ${n(test.kl)}`,
        ]
      : []),
    `weights: ${weights}`,
  ];
};
