import type { Command } from 'commander';
import { Option } from 'commander';
import { writeWhole } from '../files/whole.ts';
import type { Device, EngineName } from '../train/engines.ts';
import type { EvaluateOptions, Evaluation } from '../train/evaluate.ts';
import { note, say, type Context, type Io } from './io.ts';
import { DEVICES, examples, whole } from './options.ts';
import { waiting } from './waiting.ts';
import { widthOf } from './wrap.ts';

interface Options {
  readonly weights: string;
  readonly samples?: number;
  readonly part?: 'train' | 'validation' | 'test';
  readonly seed?: number;
  readonly limit?: number;
  readonly perExample?: string;
  readonly engine?: EngineName;
  readonly device?: Device;
  readonly scores: boolean;
  readonly predict?: string;
  readonly told?: string;
  readonly within?: string;
  readonly json?: true;
}

/** `evaluate`: estimates a trained model's conditional likelihood on data. */
export const evaluateCommand = (program: Command, { io }: Context): Command =>
  program
    .command('evaluate')
    .description("Estimate a trained model's conditional log-likelihood, its bound and its KL on data.")
    .argument('<definition>', 'the file that defines the model, with data as `data`')
    .requiredOption('--weights <path>', 'the folder of a run, or a safetensors file')
    .option('--samples <n>', 'draws of z for each example (default: 100)', whole(1, 1e9))
    .addOption(
      new Option('--part <part>', 'which part of the data (default: test, else validation, else train)').choices([
        'train',
        'validation',
        'test',
      ]),
    )
    .option('--seed <n>', 'the random seed of the draws', whole(0))
    .addOption(new Option('--engine <name>', 'what computes (default: auto)').choices(['tfjs', 'onnx', 'auto']))
    .addOption(new Option('--device <name>', 'where onnxruntime computes (default: cpu)').choices(DEVICES))
    .option('--limit <n>', 'use at most this number of examples, drawn by the seed', whole(1))
    .option('--per-example <file>', 'write a line of JSON for each example')
    .option('--no-scores', 'do not draw and score rows, which is done if the data are a table')
    .option(
      '--predict <column>',
      'the column that a random forest trained on drawn rows predicts (default: one of classes that is drawn)',
    )
    .addOption(new Option('--told <column>', 'the name of --predict in earlier versions').hideHelp())
    .option(
      '--within <column>',
      'the classes within which distributions are compared (default: the first that are given)',
    )
    .option('--json', 'print the result as one line of JSON on standard output')
    .addHelpText('after', examples('evaluate examples/digits/model.ts --weights out/digits --samples 100'))
    .action((path: string, options: Options) => command(path, options, io));

async function command(path: string, options: Options, io: Io): Promise<void> {
  const { load } = await import('./load.ts');
  const { model, data, training } = await load(path);
  const [{ collect }, { evaluate }, { parametersOf }, { engineOf }, { loadWeights }, { namesIn }, { fingerprintsOf }] =
    await Promise.all([
      import('./collect.ts'),
      import('../train/evaluate.ts'),
      import('../train/parameters.ts'),
      import('../train/engines.ts'),
      import('../weights/file.ts'),
      import('../weights/names.ts'),
      import('../train/fingerprints.ts'),
    ]);
  const {
    weights: from,
    perExample,
    json,
    limit,
    engine: wanted,
    device,
    scores: isScored,
    predict = options.told,
    told: earlier,
    within,
    ...chosen
  } = options;
  const owner = { params: parametersOf(model), fingerprint: fingerprintsOf(model) };
  const { weights, metadata } = await loadWeights(from, owner);
  const names = namesIn(from, metadata);
  const { dataset } = await collect(path, model, data, { limit, seed: chosen.seed ?? 1 }, names);
  note(io, ...(dataset.notices ?? []));
  if (earlier !== undefined) note(io, '--told is deprecated; use --predict');
  const engine = await engineOf(wanted, device);
  if (engine.notice !== undefined) note(io, engine.notice);

  const lines: string[] = [];
  let noted = performance.now();
  // An engine says nothing while it reads a graph, which takes longer the more columns or layers there are.
  const stop = waiting(io, PREPARING);
  const settings: EvaluateOptions = {
    ...chosen,
    engine,
    ...(perExample !== undefined && { onExample: (estimate) => void lines.push(`${JSON.stringify(estimate)}\n`) }),
    onProgress: (done, all) => {
      stop();
      if (performance.now() - noted < QUIET) return;
      noted = performance.now();
      note(io, `evaluated ${done} of ${all} examples`);
    },
  };
  const result = await evaluate(model, weights, dataset, settings).finally(stop);
  if (perExample !== undefined) await writeWhole(perExample, lines.join(''));
  note(io, ...shown(result), ...(chosen.part === undefined ? untested(result.part) : []));
  const { part, seed } = chosen;
  const by = {
    ...(within !== undefined && { within }),
    ...(predict !== undefined && { predict }),
    ...(seed !== undefined && { seed }),
    ...(part && part !== 'train' && { part }),
    engine,
  };
  const { scoredBy, scoreLines, unscoredLines } = await import('./scored.ts');
  // Training on all examples has held out a fraction of them, if the data have no part for it.
  const { DEFAULTS } = await import('../train/options.ts');
  const held = { seed: Number(metadata['seed'] ?? 1), fraction: training?.validation ?? DEFAULTS.validation };
  const scores =
    isScored && part !== 'train'
      ? await scoredBy(model, weights, dataset, limit === undefined ? held : undefined, by)
      : undefined;
  if (scores) note(io, ...scoreLines(scores, widthOf(io.stderr)));
  else if (isScored && part !== 'train') note(io, ...unscoredLines(model, dataset));
  if (json) say(io, JSON.stringify({ ...result, ...(scores && { scores }) }));
}

const PREPARING = 'preparing: the engine reads the graph, which takes longer the more targets and layers there are';

/** The time between lines of progress, in milliseconds. */
const QUIET = 5_000;

/** Says what was evaluated in place of a test part. */
const untested = (part: Evaluation['part']): readonly string[] => {
  if (part === 'test') return [];
  const known =
    part === 'train'
      ? 'which the model was trained on: new data are less likely'
      : 'which chose the epoch that is kept';
  return [
    `the data have no test part, so these are of the ${part} part, ${known}; hold out one, such as { test: 0.1 } of csv or imageFolder, and train again`,
  ];
};

/** Formats the result in lines: lower is better. */
const shown = (result: Evaluation): readonly string[] => {
  const { examples: count, part, samples, unit, klPerDimension, activeUnits, classes, standardErrors } = result;
  const value = (name: keyof Evaluation & string, label: string): readonly string[] => {
    const number = result[name];
    // The spread of a single example is not known.
    const error = count > 1 ? standardErrors[name] : undefined;
    return typeof number === 'number'
      ? [`  ${label.padEnd(34)} ${number.toFixed(2)}${error === undefined ? '' : ` ± ${error.toFixed(2)}`}`]
      : [];
  };
  return [
    `${count} ${count === 1 ? 'example' : 'examples'} of the ${part} part, ${samples} samples each, ${unit}:`,
    ...value('importanceSampling', '−log p(y|x), importance sampling'),
    ...value('monteCarlo', '−log p(y|x), Monte Carlo'),
    ...value('negativeElbo', '−ELBO'),
    ...value('reconstruction', '  reconstruction'),
    ...value('kl', '  KL'),
    ...value('deterministic', '−log p(y|x,z) at the prior’s mean'),
    ...(activeUnits === null ? [] : [`  ${`active units of ${klPerDimension?.length}`.padEnd(34)} ${activeUnits}`]),
    ...(classes === null
      ? []
      : [
          `  ${'accuracy'.padEnd(34)} ${classes.accuracy.toFixed(4)}`,
          `  ${'intersection over union'.padEnd(34)} ${classes.iou.toFixed(4)}`,
        ]),
  ];
};
