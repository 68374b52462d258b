import type { Model } from '../dsl/model.ts';
import { InvalidModel } from '../errors.ts';
import { MANIFEST_FILE, type Manifest } from '../signature.ts';
import { ownWeights, type Weights } from '../weights/weights.ts';
import { largest, usersEngine } from './verification.ts';
import { trainingBackend } from './backend.ts';
import { compileStored } from './compile.ts';
import { checkExport, type ExportOptions } from './options.ts';
import { withModule } from './module/module-files.ts';
import { withPackage } from './package/packaging.ts';
import { withPrograms } from './package/programs.ts';
import { withSpecimens } from './specimens.ts';
import { collectedFor, costingOf, withCost } from './storage/costing.ts';
import { exportTraining } from './training.ts';
import { verify } from './verify.ts';
import type { Agreement } from './verification.ts';
import { write } from './write.ts';

/** The files that an export has written, and the result of their verification. */
export interface Exported {
  readonly manifest: Manifest;
  /** Names of the files in the folder, `model.json` last; folders end in `/`. */
  readonly files: readonly string[];
  /** The differences between each output and each of the values that it was compared with. */
  readonly agreements: readonly Agreement[];
  /** The largest of these differences. */
  readonly largest: number;
  /** What ran the files: `onnxruntime-node`. */
  readonly engine: string;
  /** A line about the examples, if there is something to report. */
  readonly examples?: string;
}

/**
 * Exports a model with its weights: compiles it, writes the files to a folder and verifies them in onnxruntime before they
 * replace earlier ones; if that fails the folder stays as it was. It does the same as `cvae-compile export`.
 *
 * @throws WeightsMismatch if the weights are not this model's; InvalidModel for options that contradict each other; InvalidGraph
 * if a file does not compute what it should; InvalidFile if the folder cannot be written; Unavailable without onnxruntime-node.
 *
 * @example
 * ```ts
 * import { exportModel } from 'cvae-compile/compiler';
 * import { train } from 'cvae-compile/train';
 * import model, { data } from './model.ts';
 *
 * const { weights, names } = await train(model, data, { epochs: 1 });
 * const { files } = await exportModel(model, weights, { out: 'out/digits', name: 'digits', ...(names && { names }) });
 * console.log(files); // ['decoder.onnx', 'model.json']
 * ```
 */
export async function exportModel(model: Model, trained: Weights, options: ExportOptions): Promise<Exported> {
  checkExport(model, options);
  const {
    out,
    training,
    package: packs,
    python,
    target,
    examples,
    run,
    signal,
    onProgress,
    measureOn,
    dataRows,
    atMost: _atMost,
    ...given
  } = options;
  const weights = ownWeights('exportModel', trained);
  const { precision = 'float32', names } = options;
  const isReduced = precision !== 'float32';
  if (training && isReduced)
    throw new InvalidModel(
      `precision: expected float32 with training, since training continues from unrounded weights, got ${precision}; leave out one of both`,
    );
  const costing = await costingOf(model, weights, { ...options, measureOn: measureOn ?? examples });
  const compiling = { ...given, ...costing?.stored };
  const onFile = (file: string, done: number): void => onProgress?.(file, 'compile', done);
  const bare = training
    ? exportTraining(model, weights, { ...compiling, onFile, ...(training === true ? {} : training) })
    : withCost(compileStored(model, weights, { ...compiling, onFile }), costing?.cost);
  const { compiled: listed, line = undefined } =
    examples === false
      ? { compiled: bare }
      : await withSpecimens(
          bare,
          model,
          {
            ...(run !== undefined && { run }),
            ...(examples !== undefined && { collect: () => collectedFor(model, examples, names) }),
          },
          dataRows,
        );
  const packed = packs ? await withPackage(listed, model, { out, run, ...(packs === true ? {} : packs) }) : listed;
  const programmed = python ? await withPrograms(packed) : packed;
  const compiled = target === 'wasm' ? await withModule(programmed) : programmed;
  const engine = await usersEngine();
  // Only with float32 weights: with others, the files agree with the reference of their own weights only.
  const backend = isReduced ? undefined : await trainingBackend(model, weights, options.evaluationSamples);
  const { manifest } = compiled;
  const aborting = typeof signal === 'function' ? signal() : signal;
  const agreements = await write(out, compiled, (staged) =>
    verify(staged, manifest, {
      engine,
      ...(aborting && { signal: aborting }),
      ...(backend && { backend }),
      onFile: (file, done) => onProgress?.(file, 'verify', done),
      fresh: true,
    }),
  );
  const written = [
    ...Object.values(manifest.files).flatMap(({ file, external }) => [file, ...(external ? [external.file] : [])]),
    ...(compiled.others ?? []).map(({ file }) => file.replace(/\/.*/, '/')),
    MANIFEST_FILE,
  ];
  return {
    manifest,
    files: [...new Set(written)],
    agreements,
    largest: largest(agreements),
    engine: engine.name,
    ...(line !== undefined && { examples: line }),
  };
}
