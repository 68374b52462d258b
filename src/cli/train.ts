import type { Command } from 'commander';
import type { EngineName } from '../train/engines.ts';
import type { TrainOptions, Training } from '../train/train.ts';
import { EXIT, note, say, type Context, type Io } from './io.ts';
import { examples, oneOf, positive, whole } from './options.ts';
import { counted } from './report.ts';

/** The options as they are given; what is left out is the definition's, or `train()`'s own default. */
interface Options {
  readonly out: string;
  readonly epochs?: number;
  readonly batch?: number;
  readonly seed?: number;
  readonly learningRate?: number;
  readonly patience?: number;
  readonly limit?: number;
  readonly engine?: EngineName;
  readonly resume?: true;
  readonly checkpointSteps?: number;
  readonly checkpointMinutes?: number;
  readonly json?: true;
}

/** `train`: trains a definition on its data, and leaves weights and metrics in a folder. */
export const train = (program: Command, { io, exit }: Context): Command =>
  program
    .command('train')
    .description('Train a definition on its data; leave weights.safetensors and metrics.jsonl in a folder.')
    .argument('<definition>', 'a TypeScript or JavaScript file whose default export is a model, with data as `data`')
    .requiredOption('--out <run>', 'the folder for the weights and the metrics of each epoch')
    .option('--epochs <n>', 'how often all examples are seen', whole(1))
    .option('--batch <n>', 'examples a step', whole(1))
    .option('--seed <n>', 'decides first weights, order and noise: the same seed, the same weights', whole(0))
    .option('--learning-rate <x>', 'how far a step goes', positive())
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
    .option('--json', 'print the result as one line of JSON on standard output')
    .addHelpText('after', examples('train examples/digits/model.ts --out out/digits --epochs 10'))
    .action(async (path: string, options: Options) => exit(await command(path, options, io)));

async function command(path: string, { out, json, resume, ...given }: Options, io: Io): Promise<number> {
  const { load } = await import('./load.ts');
  const { model, data, training, name } = await load(path);
  const [
    { collect },
    { openRun, readFlags },
    { showTraining },
    { Diverged },
    { train: fit, parametersOf },
    { countOf },
  ] = await Promise.all([
    import('./collect.ts'),
    import('./run-folder.ts'),
    import('./progress.ts'),
    import('../train/fit.ts'),
    import('../train/train.ts'),
    import('../graph/print.ts'),
  ]);
  // What was given before stays, unless it is given again.
  const all = resume ? { ...(await readFlags(out)), ...given } : given;
  const { limit, checkpointSteps: steps, checkpointMinutes: minutes, ...flags } = all;
  const every = { ...(steps !== undefined && { steps }), ...(minutes !== undefined && { minutes }) };
  const options: TrainOptions = {
    ...training,
    ...flags,
    ...(Object.keys(every).length > 0 && { checkpointEvery: every }),
  };
  const dataset = await collect(path, model, data, { limit, seed: options.seed ?? 1 });
  const parameters = countOf(parametersOf(model));
  const shown = await showTraining(io, model.target.image ? 'images' : 'examples');
  const run = await openRun(out, 4 * parameters);
  const interrupted = new AbortController();
  const interrupt = () => interrupted.abort();
  // Once: whoever presses Ctrl-C again ends the process at once.
  io.once('SIGINT', interrupt);
  try {
    note(io, `${name}: ${counted(parameters)} parameters, ${counted(dataset.train.count)} examples`);
    const last = resume ? await run.checkpoints.latest() : undefined;
    if (last)
      note(
        io,
        `goes on with ${last.phase === 'model' ? 'epoch' : 'epoch of the baseline'} ${last.epoch}, step ${last.step + 1}`,
      );
    else await run.begin(all);
    for (const epoch of [...(last?.earlier ?? []), ...(last?.history ?? [])]) run.add(epoch);
    const result = await fit(model, dataset, {
      ...options,
      ...(last && { resume: last }),
      onCheckpoint: run.checkpoints.add,
      signal: interrupted.signal,
      onNotice: (notice) => note(io, notice),
      onProgress: shown.progress,
      onEpoch: (epoch) => {
        shown.epoch(epoch);
        run.add(epoch);
      },
    });
    shown.end();
    const summary = summaryOf(result, run.weightsFile);
    await run.finish(result.weights, { fingerprint: result.fingerprint, seed: `${result.seed}` }, summary);
    note(io, ...closing(result, run.weightsFile));
    if (json) say(io, JSON.stringify(summary));
    return result.stopped === 'aborted' ? EXIT.interrupted : EXIT.done;
  } catch (error) {
    shown.end();
    if (error instanceof Diverged) {
      const { print } = await import('../dsl/print.ts');
      const { fingerprint } = await import('../weights/fingerprint.ts');
      await run.finish(error.weights, { fingerprint: fingerprint(print(model)) });
      note(io, `the last good weights are in ${run.weightsFile}`);
    } else await run.discard();
    throw error;
  } finally {
    io.off('SIGINT', interrupt);
  }
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
  const why = { finished: '', early: 'stopped early: validation got no better', aborted: 'interrupted' }[stopped];
  const of = unit === 'nats' ? '−ELBO' : 'loss';
  return [
    ...(why === '' ? [] : [`${why} after ${epochs.length} epochs`]),
    ...(test
      ? [
          `test: ${of} ${n(test.negativeElbo)} ${unit}, of which reconstruction ${n(test.reconstruction)} and KL ${n(test.kl)}`,
        ]
      : []),
    `weights: ${weights}`,
  ];
};
