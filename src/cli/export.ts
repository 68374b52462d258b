import type { Command } from 'commander';
import { InvalidModel } from '../errors.ts';
import type { Precision } from '../signature.ts';
import type { TrainOptions } from '../train/options.ts';
import type { Weights } from '../weights/weights.ts';
import { counted } from './number-text.ts';
import { EXIT, note, say, type Context, type Io } from './io.ts';
import { defined } from '../train/defined.ts';
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
  readonly package?: true;
  readonly license?: string;
  readonly examples: boolean;
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
      'also write sampler.onnx, for hosts that want y from noise in one call; it holds the weights of prior and decoder again',
    )
    .option('--training', 'also write train.onnx and its state, by which the model can be trained further elsewhere')
    .option(
      '--evaluation [samples]',
      'also write evaluation.onnx, which estimates log p(y|x) with this number of draws in each call (default: 10)',
      whole(1, 100_000),
    )
    .option('--package', 'also write a module with types, a model card and the runtime: all that others need to use it')
    .option('--license <id>', 'with --package, the licence of the weights, such as MIT or CC-BY-4.0')
    .option('--no-examples', "leave out examples.json, a dozen examples of the definition's data for pages to show")
    .option(
      '--precision <name>',
      'how weights are stored: float32, or float16 for files of half the size, whose cost is measured and reported',
      oneOf('float32', 'float16', 'fp32', 'fp16'),
      'float32',
    )
    .option('--opset <n>', "the version of ONNX's operators (default: 18)", whole(1))
    .option('--json', 'print the result as one line of JSON on standard output')
    .addHelpText('after', examples('export examples/digits/model.ts --weights out/digits --out out/digits/onnx'))
    .action(async (path: string, options: Options) => exit(await command(path, options, io)));

/** The short names are those that earlier versions had. */
const PRECISIONS = { float32: 'float32', float16: 'float16', fp32: 'float32', fp16: 'float16' } as const;

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
    ...more
  }: Options,
  io: Io,
): Promise<number> {
  const half = PRECISIONS[precision] === 'float16';
  checkTogether({ trains: trains === true, half, packs: packs === true, license });
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
  const exported = await uninterrupted(io, (signal) =>
    exportModel(model, weights, {
      ...more,
      out,
      name,
      names: namesIn(from, metadata),
      ...defined({ display: displayIn(from, metadata) }),
      ...(evaluationSamples !== undefined && { evaluationSamples }),
      ...(half && { precision: 'float16' }),
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
    ...(manifest.precision
      ? [`weights in float16: outputs differ from those with float32 by ${lost(manifest.precision)}`]
      : []),
    ...(line === undefined ? [] : [line]),
    ...(auxiliary && !trains ? [leftOut(auxiliary)] : []),
  );
  if (json) say(io, JSON.stringify({ out, files: manifest.files, largest, agreements }));
  return EXIT.done;
}

/** What an export does with a file, in words. */
const DOING = { compile: 'computing its example in float64', verify: 'comparing it with float64' } as const;

/** Describes which parameters are in no file, by their networks. */
const leftOut = (auxiliary: Weights): string => {
  const networks = [...new Set([...auxiliary.keys()].map((name) => name.replace(/\/.*/, '')))];
  const count = [...auxiliary.values()].reduce((sum, { data }) => sum + data.length, 0);
  return `left out: ${networks.join(', ')} (${counted(count)} parameters), which only the objective reads; export --training keeps them`;
};
/** Checks the options together. @throws InvalidModel for options that contradict each other, or have no effect. */
const checkTogether = ({ trains, half, packs, license }: Together): void => {
  if (trains && half)
    throw new InvalidModel(
      'precision: expected float32 with --training, since training continues from unrounded weights, got float16; leave out one of both',
    );
  if (license !== undefined && !packs)
    throw new InvalidModel(
      `license: expected --package, whose card names it, got ${license} alone; leave out one, or give both`,
    );
};

interface Together {
  readonly trains: boolean;
  readonly half: boolean;
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

/** Describes the error due to float16: `at most 1.2e-4 (decoder 1.2e-4, prior 3.1e-5)`. */
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
