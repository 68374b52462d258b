import type { Command } from 'commander';
import type { Compiled, CompileOptions } from '../compiler/compile.ts';
import type { Engine } from '../compiler/engine.ts';
import type { Model } from '../dsl/model.ts';
import { InvalidModel } from '../errors.ts';
import { MANIFEST_FILE, type Precision } from '../signature.ts';
import type { TrainOptions } from '../train/options.ts';
import type { Weights } from '../weights/weights.ts';
import { counted } from './figures.ts';
import { EXIT, note, say, type Context, type Io } from './io.ts';
import { examples, oneOf, whole } from './options.ts';
import { interruption } from './signals.ts';
import { working } from './working.ts';

interface Options {
  readonly weights: string;
  readonly out: string;
  readonly recognition?: true;
  readonly training?: true;
  readonly evaluation?: true | number;
  readonly precision: 'fp32' | 'fp16';
  readonly package?: true;
  readonly license?: string;
  readonly examples: boolean;
  readonly opset?: number;
  readonly json?: true;
}

/** `export`: compiles a definition with its weights to ONNX files, verified. */
export const exportCommand = (program: Command, { io, exit }: Context): Command =>
  program
    .command('export')
    .description('Compile a definition with its weights to ONNX files, and verify them in onnxruntime.')
    .argument('<definition>', 'the file that defines the model')
    .requiredOption('--weights <path>', 'the folder of a run, or a safetensors file')
    .requiredOption('--out <folder>', 'where the ONNX files and model.json go; nothing is left there on failure')
    .option('--recognition', 'also write the recognition network, which hosts that only sample do not need')
    .option('--training', 'also write train.onnx and its state, by which the model can be trained further elsewhere')
    .option(
      '--evaluation [samples]',
      'also write evaluation.onnx, which computes log p(y|x) of data from so many draws a call (default: 10)',
      whole(1, 100_000),
    )
    .option('--package', 'also write a module with types, a model card and the runtime: all that others need to use it')
    .option('--license <id>', 'with --package, the licence of the weights, such as MIT or CC-BY-4.0')
    .option('--no-examples', "leave out examples.json, a dozen examples of the definition's data for pages to show")
    .option(
      '--precision <name>',
      'how weights are stored: fp32, or fp16 for files of half the size; what that costs is measured, and told',
      oneOf('fp32', 'fp16'),
      'fp32',
    )
    .option('--opset <n>', "the version of ONNX's operators (default: 18)", whole(1))
    .option('--json', 'print the result as one line of JSON on standard output')
    .addHelpText('after', examples('export examples/digits/model.ts --weights out/digits --out out/digits/onnx'))
    .action(async (path: string, options: Options) => exit(await command(path, options, io)));

/** Draws of z in `evaluation.onnx`: more of them are taken in several calls. */
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
  const half = precision === 'fp16';
  checkTogether({ trains: trains === true, half, packs: packs === true, license });
  const evaluation = measures === true ? SAMPLES : measures;
  const shows = working(io);
  const onFile = (file: string, done: number): void => shows.file(file, 'computing its example in float64', done);
  const options = { ...more, onFile, ...(evaluation !== undefined && { evaluation }) };
  const { load } = await import('./load.ts');
  const definition = await load(path);
  const { model, name, training } = definition;
  const [{ compile }, { fingerprintsOf }, { verify }, { write }, { loadWeights }, { namesIn }, { parametersOf }] =
    await Promise.all([
      import('../compiler/compile.ts'),
      import('../compiler/fingerprints.ts'),
      import('../compiler/verify.ts'),
      import('../compiler/write.ts'),
      import('../weights/file.ts'),
      import('../weights/names.ts'),
      import('../train/train.ts'),
    ]);
  const owner = { params: parametersOf(model), fingerprint: fingerprintsOf(model) };
  const { weights, auxiliary, metadata } = await loadWeights(from, owner);
  const names = namesIn(from, metadata);
  const bare = trains
    ? await trainable(model, weights, training, { ...options, name, names, ...(auxiliary && { auxiliary }) })
    : compile(model, weights, { ...options, name, names, ...(half && { precision: 'float16' }) });
  const { compiled: listed, line } = shown
    ? await (await import('./specimens.ts')).withSpecimens(bare, definition, { weights: from, names })
    : { compiled: bare };
  const compiled = packs
    ? await (await import('./package.ts')).withPackage(listed, model, { out, weights: from, license })
    : listed;
  const [{ largest, sentence, usersEngine }, { trainingBackend }] = await Promise.all([
    import('./agreement.ts'),
    import('./backend.ts'),
  ]);
  const engine = await usersEngine();
  // Whose weights are whole: with halves, the files agree with the reference of their own weights, and with no other.
  const backend = half ? undefined : await trainingBackend(model, weights, evaluation);
  const { manifest } = compiled;
  const onVerified = (file: string, done: number): void => shows.file(file, 'comparing it with float64', done);
  const agreements = await uninterrupted(io, (signal) =>
    write(out, compiled, (staged) =>
      verify(staged, manifest, {
        engine: until(signal, engine),
        ...(backend && { backend }),
        onFile: onVerified,
        fresh: true,
      }),
    ),
  ).finally(shows.end);
  if (typeof agreements === 'number') return agreements;
  const written = [
    ...Object.values(manifest.files).flatMap(({ file, external }) => [file, ...(external ? [external.file] : [])]),
    ...(compiled.others ?? []).map(({ file }) => file.replace(/\/.*/, '/')),
    MANIFEST_FILE,
  ];
  note(
    io,
    `verified in ${engine.name}: ${sentence(agreements)}`,
    `written: ${out} (${[...new Set(written)].join(', ')})`,
    ...(manifest.precision
      ? [`weights in fp16: outputs differ from those with fp32 by ${lost(manifest.precision)}`]
      : []),
    ...(line === undefined ? [] : [line]),
    ...(auxiliary && !trains ? [leftOut(auxiliary)] : []),
  );
  if (json) say(io, JSON.stringify({ out, files: manifest.files, largest: largest(agreements), agreements }));
  return EXIT.done;
}

/** Which parameters are in no file, in words, by the networks that they are of. */
const leftOut = (auxiliary: Weights): string => {
  const networks = [...new Set([...auxiliary.keys()].map((name) => name.replace(/\/.*/, '')))];
  const count = [...auxiliary.values()].reduce((sum, { data }) => sum + data.length, 0);
  return `left out: ${networks.join(', ')} (${counted(count)} parameters), which only the objective reads; export --training keeps them`;
};
/** @throws InvalidModel for options that contradict each other, or have no effect. */
const checkTogether = ({ trains, half, packs, license }: Together): void => {
  if (trains && half)
    throw new InvalidModel(
      'precision: expected fp32 with --training, which goes on from the weights as they are, got fp16; leave out one of both',
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

/** What work gives that ends in its own way when a signal comes; where it is ended so, the signal's exit code. */
const uninterrupted = async <T>(io: Io, work: (signal: AbortSignal) => Promise<T>): Promise<T | number> => {
  const { signal, code, done } = interruption(io);
  try {
    return await work(signal);
  } catch (error) {
    if (signal.aborted) return code(EXIT.failed);
    throw error;
  } finally {
    done();
  }
};

/** The same engine, which refuses to load or run anything more once a signal has come: then nothing is written. */
const until = (signal: AbortSignal, engine: Engine): Engine => ({
  name: engine.name,
  load: async (...given) => {
    signal.throwIfAborted();
    const { run, release } = await engine.load(...given);
    return {
      run: (inputs) => {
        signal.throwIfAborted();
        return run(inputs);
      },
      release,
    };
  },
});

/** What fp16 costs, in words: `at most 1.2e-4 (decoder 1.2e-4, prior 3.1e-5)`. */
const lost = ({ losses }: Precision): string => {
  const parts = Object.entries(losses).map(([part, loss]) => `${part} ${loss.toExponential(1)}`);
  return `at most ${Math.max(...Object.values(losses)).toExponential(1)} (${parts.join(', ')})`;
};

/** The model with a training step, of the objective and the optimiser that its definition trains with. */
const trainable = async (
  model: Model,
  weights: Weights,
  { objective, optimiser, learningRate, epochs }: TrainOptions = {},
  options: CompileOptions & { readonly auxiliary?: Weights },
): Promise<Compiled> => {
  const { exportTraining } = await import('../train/export.ts');
  return exportTraining(model, weights, {
    ...options,
    ...(objective && { objective }),
    ...(optimiser && { optimiser }),
    ...(typeof learningRate === 'number' && { learningRate }),
    ...(epochs !== undefined && { epochs }),
  });
};
