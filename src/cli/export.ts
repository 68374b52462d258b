import { InvalidArgumentError, type Command } from 'commander';
import { InvalidModel } from '../errors.ts';
import type { StoredPrecision } from '../export/storage/stored.ts';
import type { AtMost } from '../export/options.ts';
import type { Manifest, Precision } from '../signature.ts';
import type { TrainOptions } from '../train/options.ts';
import type { Weights } from '../weights/weights.ts';
import { counted } from './number-text.ts';
import { EXIT, note, say, type Context, type Io } from './io.ts';
import { examples, oneOf, whole } from './options.ts';
import { interruption, type Interruption } from './signals.ts';
import { working } from './export-progress.ts';

interface Options {
  readonly weights: string;
  readonly out: string;
  readonly recognition?: true;
  readonly sampler?: true;
  readonly training?: true;
  readonly evaluation?: true | number;
  readonly precision: keyof typeof PRECISIONS;
  readonly atMost?: AtMost;
  readonly package?: true;
  readonly python?: true;
  readonly target: 'onnx' | 'wasm';
  readonly triton?: string;
  readonly license?: string;
  readonly examples: boolean;
  readonly dataRows?: number;
  readonly opset?: number;
  readonly json?: true;
}

/** `export`: compiles a definition with its weights to verified ONNX files. */
export const exportCommand = (program: Command, { io, exit }: Context): Command =>
  program
    .command('export')
    .description('Compile a definition with its weights to ONNX files, and verify them in onnxruntime.')
    .argument('<definition>', 'the file that defines the model')
    .requiredOption('--weights <path>', 'the folder of a run, or a safetensors file')
    .requiredOption('--out <folder>', 'where the ONNX files and model.json go; nothing is left there on failure')
    .option('--recognition', 'also write the recognition network, which hosts that only sample do not need')
    .option(
      '--sampler',
      'also write sampler.onnx, for hosts that want y from noise in one call; it holds the weights of prior and decoder a second time',
    )
    .option('--training', 'also write train.onnx and its state, by which the model can be trained further elsewhere')
    .option(
      '--evaluation [samples]',
      'also write evaluation.onnx, which estimates log p(y|x) with this number of draws in each call (default: 10)',
      whole(1, 100_000),
    )
    .option('--package', 'also write a module with types, a model card and the runtime: all that others need to use it')
    .option(
      '--python',
      'also write programs in Python for many machines: rows of tables and, with --training, train.py',
    )
    .option(
      '--target <name>',
      'wasm: also write model.js and model.wasm, which run the model without any runtime',
      oneOf('onnx', 'wasm'),
      'onnx',
    )
    .option(
      '--triton <folder>',
      "also write a model repository of NVIDIA's Triton, or the next version of each model in it",
    )
    .option('--license <id>', 'with --package, the licence of the weights, such as MIT or CC-BY-4.0')
    .option('--no-examples', "leave out examples.json, a dozen examples of the definition's data for pages to show")
    .option(
      '--data-rows <n>',
      "how many rows of a table's data go into examples.json, for pages to show behind samples; 0 for none (default: 400)",
      whole(0),
    )
    .option(
      '--precision <name>',
      'how weights are stored: float32, or float16, int8 or int4 for files of half, a quarter or a sixth of the size, whose cost is measured and reported',
      oneOf('float32', 'float16', 'int8', 'int4', 'fp32', 'fp16'),
      'float32',
    )
    .option(
      '--at-most <rise>',
      'with --precision int8 or int4, how much −log p(y|x) may rise on the validation data, such as 0.2 (nats) or 0.1% (default: 0.05 or 0.1%, of int4 0.3 or 0.3%, the larger of these)',
      atMost,
    )
    .option('--opset <n>', "the version of ONNX's operators (default: 18)", whole(1))
    .option('--json', 'print the result as one line of JSON on standard output')
    .addHelpText('after', examples('export examples/digits/model.ts --weights out/digits --out out/digits/onnx'))
    .action(async (path: string, options: Options) => exit(await command(path, options, io)));

/** The short names are those that earlier versions had. */
const PRECISIONS = {
  float32: 'float32',
  float16: 'float16',
  int8: 'int8',
  int4: 'int4',
  fp32: 'float32',
  fp16: 'float16',
} as const;

/** Whether what weights cost is measured on data. */
const isMeasured = (stored: StoredPrecision): boolean => stored === 'int8' || stored === 'int4';

/** The number of draws of z in `evaluation.onnx`: more draws take several calls. */
const SAMPLES = 10;

async function command(
  path: string,
  {
    weights: from,
    out,
    json,
    training: trains,
    evaluation: measures,
    examples: shown,
    precision,
    package: packs,
    license,
    triton,
    ...more
  }: Options,
  io: Io,
): Promise<number> {
  const stored = PRECISIONS[precision];
  checkTogether({ trains: trains === true, stored, packs: packs === true, license, atMost: more.atMost });
  const evaluationSamples = measures === true ? SAMPLES : measures;
  const shows = working(io);
  const [
    { load },
    { fingerprintsOf },
    { loadWeights },
    { namesIn, displayIn },
    { parametersOf },
    { exportModel },
    { sentence },
  ] = await Promise.all([
    import('./load.ts'),
    import('../train/fingerprints.ts'),
    import('../weights/file.ts'),
    import('../weights/names.ts'),
    import('../train/parameters.ts'),
    import('../export/export-model.ts'),
    import('../export/verification.ts'),
  ]);
  const { model, name, path: where, data, training } = await load(path);
  const owner = { params: parametersOf(model), fingerprint: fingerprintsOf(model) };
  const { weights, auxiliary, metadata } = await loadWeights(from, owner);
  const { sourceOf } = await import('./collect.ts');
  const display = displayIn(from, metadata);
  const exported = await uninterrupted(io, (signal) =>
    exportModel(model, weights, {
      ...more,
      out,
      name,
      names: namesIn(from, metadata),
      ...(display && { display }),
      ...(evaluationSamples !== undefined && { evaluationSamples }),
      ...(stored !== 'float32' && { precision: stored }),
      ...(isMeasured(stored) && data !== undefined && { measureOn: () => sourceOf(where, data) }),
      ...(trains && { training: { ...trainingOf(training), ...(auxiliary && { auxiliary }) } }),
      ...(packs && { package: license === undefined ? true : { license } }),
      run: from,
      ...(shown ? data !== undefined && { examples: () => sourceOf(where, data) } : { examples: false }),
      signal,
      onProgress: (file, stage, done) => shows.file(file, DOING[stage], done),
    }),
  ).finally(shows.end);
  if (typeof exported === 'number') return exported;
  const { manifest, files, agreements, largest, engine, examples: line } = exported;
  note(
    io,
    `verified in ${engine}: ${sentence(agreements)}`,
    `written: ${out} (${files.join(', ')})`,
    ...(manifest.precision ? storedLines(manifest.precision, manifest.files) : []),
    ...(line === undefined ? [] : [line]),
    ...(auxiliary && !trains ? [leftOut(auxiliary)] : []),
  );
  if (triton !== undefined) note(io, await repositoryLine(out, manifest, triton));
  if (json) say(io, JSON.stringify({ out, files: manifest.files, largest, agreements }));
  return EXIT.done;
}

/** Writes a model repository, and describes it. */
const repositoryLine = async (out: string, manifest: Manifest, triton: string): Promise<string> => {
  const { writeRepository } = await import('../serving/triton/repository.ts');
  const { models, version } = await writeRepository(out, manifest, triton);
  const what = version === undefined ? 'has this version already' : `version ${version}`;
  return `triton: ${triton}: ${what} (${models.join(', ')})`;
};

/** What an export does with a file, in words. */
const DOING = {
  measure: 'measuring its cost on data',
  compile: 'computing its example in float64',
  verify: 'comparing it with float64',
} as const;

/** Describes which parameters are in no file, by their networks. */
const leftOut = (auxiliary: Weights): string => {
  const networks = [...new Set([...auxiliary.keys()].map((name) => name.replace(/\/.*/, '')))];
  const count = [...auxiliary.values()].reduce((sum, { data }) => sum + data.length, 0);
  return `left out: ${networks.join(', ')} (${counted(count)} parameters), which only the objective reads; export --training keeps them`;
};
/** Checks the options together. @throws InvalidModel for options that contradict each other, or have no effect. */
const checkTogether = ({ trains, stored, packs, license, atMost }: Together): void => {
  if (trains && stored !== 'float32')
    throw new InvalidModel(
      `precision: expected float32 with --training, since training continues from unrounded weights, got ${stored}; leave out one of both`,
    );
  if (atMost !== undefined && !isMeasured(stored))
    throw new InvalidModel(
      `at-most: expected --precision int8 or int4, whose cost it limits, got ${stored}; leave out one, or give both`,
    );
  if (license !== undefined && !packs)
    throw new InvalidModel(
      `license: expected --package, whose card names it, got ${license} alone; leave out one, or give both`,
    );
};

interface Together {
  readonly trains: boolean;
  readonly stored: StoredPrecision;
  readonly atMost: AtMost | undefined;
  readonly packs: boolean;
  readonly license: string | undefined;
}

/**
 * Returns the result of work that ends in its own way when a signal arrives, once it listens; if a signal ends it, the signal's
 * exit code.
 */
const uninterrupted = async <T>(io: Io, work: (listen: () => AbortSignal) => Promise<T>): Promise<T | number> => {
  let interrupted: Interruption | undefined;
  try {
    return await work(() => (interrupted = interruption(io)).signal);
  } catch (error) {
    if (interrupted?.signal.aborted) return interrupted.code(EXIT.failed);
    throw error;
  } finally {
    interrupted?.done();
  }
};

/** Describes how weights are stored, and what that costs. */
const storedLines = (precision: Precision, files: Manifest['files']): readonly string[] => {
  const { weights, cost } = precision;
  const lines = [`weights in ${weights}: outputs differ from those with float32 by ${lost(precision)}`];
  if (!cost) return lines;
  const { rise, error, unit, examples: count, part, why, left, int8 = [] } = cost;
  return [
    ...lines,
    `${weights}: ${kilobytes(files)} kB, ${rise < 0 ? '−' : '+'}${Math.abs(rise).toFixed(3)} ± ${error.toFixed(3)} ${unit} (${count} examples, ${part}${why === undefined ? '' : `: ${why}`})`,
    ...(int8.length > 0 ? [`in int8, as they cost more: ${int8.join(', ')}`] : []),
    ...(left.length > 0 ? [`left in float32, as they cost more: ${left.join(', ')}`] : []),
  ];
};

/** The size of ONNX files together. */
const kilobytes = (files: Manifest['files']): number =>
  Math.round(Object.values(files).reduce((sum, { bytes, external }) => sum + bytes + (external?.bytes ?? 0), 0) / 1000);

/** Reads how much a loss may rise. */
const atMost = (text: string): AtMost => {
  if (/^\d+(\.\d+)?%$/.test(text)) return text as AtMost; // as matched
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected a number of nats, such as 0.05, or a share, such as 0.1%.');
};

/** Describes the error due to how weights are stored: `at most 1.2e-4 (decoder 1.2e-4, prior 3.1e-5)`. */
const lost = ({ losses }: Precision): string => {
  const parts = Object.entries(losses).map(([part, loss]) => `${part} ${loss.toExponential(1)}`);
  return `at most ${Math.max(...Object.values(losses)).toExponential(1)} (${parts.join(', ')})`;
};

/** Returns those of a definition's training options that determine the training step. */
const trainingOf = ({ objective, optimiser, learningRate, epochs }: TrainOptions) => ({
  ...(objective && { objective }),
  ...(optimiser && { optimiser }),
  ...(typeof learningRate === 'number' && { learningRate }),
  ...(epochs !== undefined && { epochs }),
});
