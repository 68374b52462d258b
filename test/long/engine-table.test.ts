import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { load } from '../../src/cli/load.ts';
import type { Model } from '../../src/dsl/model.ts';
import { isUserError } from '../../src/errors.ts';
import { compileStored } from '../../src/export/compile.ts';
import { checkFiles, TOLERANCE, type Checked } from '../../src/export/engines/check-engines.ts';
import { engineNames, ENGINES, openEngine, type Engine } from '../../src/export/engines/open-engine.ts';
import { NEAREST } from '../../src/export/storage/calibrate.ts';
import { exportTraining } from '../../src/export/training.ts';
import { write } from '../../src/export/write.ts';
import { readManifest } from '../../src/runtime/node.ts';
import { measurable } from '../../src/train/objectives/likelihood.ts';
import { examples } from '../browser/support/models.ts';
import { trainedWeights } from '../compiler/weights.ts';
import { nodeWith } from '../setup/node-packages.ts';
import { pythonWith } from '../setup/python.ts';
import { MODELS as DEFINITIONS, ZOO } from '../support/zoo.ts';
import { saveRows, writeTable, type Row } from './support/engine-record.ts';

// Every file of the examples and of the zoo in every engine that can be installed here, in all precisions, and a step of training. What is found
// is kept in .cache/engines, so that it can be found in pieces: `-t digits`, `CVAE_ENGINES=c,tract`. `CVAE_RECORD=1` takes all models, for hours,
// and writes the table of all that is there into docs/engines.md; without it, some small ones are enough, and C is left out, which compiles each
// file for seconds.

const PRECISIONS = ['float32', 'float16', 'int8', 'int4'] as const;
const MODELS: Readonly<Record<string, () => Promise<Model>>> = {
  ...examples(),
  ...Object.fromEntries(
    DEFINITIONS.map((file) => [`zoo/${file.slice(0, -3)}`, async () => (await load(join(ZOO, file))).model] as const),
  ),
};
const TAKEN = process.env['CVAE_RECORD'] ? Object.keys(MODELS) : ['custom-op', 'digits', 'names', 'table', 'weather'];
const NAMED = process.env['CVAE_ENGINES']
  ? engineNames(process.env['CVAE_ENGINES'])
  : ENGINES.filter((name) => name !== 'c');
const root = mkdtempSync(join(tmpdir(), 'cvae-engines-'));

/** What is known to be refused, by the engine's own reason; anything else must be right. docs/engines.md says what each is. */
const REFUSED: Readonly<Record<string, RegExp>> = {
  c: /Scan only supports scan_input_directions=0|too many arguments \(\d+\), maximum is 1024/,
  module: /expected operators that it has kernels for|multiple of the batch/,
  'jax-js':
    /Float16Array is not defined|Unsupported ONNX (?:dtype: [23]|operation: (?:AveragePool|ConvTranspose|GRU|LSTM|Scan))\b|Incompatible array broadcast shapes|undefined \(reading 'shape'\)/,
  openvino: /Conversion is failed for: .*\bScan\b/,
  opencv: /Node \[(?:Concat|Expand|GRU|LSTM|Scan)@ai\.onnx\]|\bGRULayerImpl\b/,
  tract: /\bScan\b.*Impossible to unify|running pass declutter.*\b(?:Tile|concat-einsum)\b/s,
};

const engines: Engine[] = [];
beforeAll(async () => {
  const python = pythonWith('numpy', 'openvino', 'opencv-python-headless>=5', 'tract', 'emx-onnx-cgen');
  if ('python' in python) vi.stubEnv('CVAE_PYTHON', python.python);
  else console.log(`skipped in Python: ${python.missing}`);
  const node = nodeWith('@jax-js/jax', '@jax-js/onnx');
  if ('folder' in node) vi.stubEnv('CVAE_JAX', node.folder);
  else console.log(`skipped: ${node.missing}`);
  for (const name of NAMED)
    try {
      engines.push(await openEngine(name));
    } catch (error) {
      if (!isUserError(error)) throw error;
      console.log(`skipped: ${name}: ${error.message}`);
    }
}, 1_800_000);
afterAll(async () => {
  // Other files of this process look for a Python of their own.
  vi.unstubAllEnvs();
  for (const engine of engines) await engine.close();
  rmSync(root, { recursive: true, force: true });
  if (process.env['CVAE_RECORD']) writeTable();
});

/** Exports a model with weights such as training leaves, with all files that it can have. */
const exported = async (name: string, model: Model, precision: Row['precision']): Promise<string> => {
  const folder = join(root, `${name.replaceAll('/', '-')}-${precision}`);
  const options = {
    name: name.replaceAll('/', '-'),
    recognition: model['~kind'] === 'cvae' && model.networks.recognition !== undefined,
    sampler: model.latent > 0 && !model.steps,
    evaluationSamples: 10,
  };
  const weights = trainedWeights(model);
  const compiled =
    precision === 'float32'
      ? exportTraining(model, weights, { ...options, objective: measurable(model) })
      : // How whole numbers were found does not matter to engines.
        compileStored(model, weights, { ...options, precision, calibration: NEAREST });
  await write(folder, compiled, async () => undefined);
  return folder;
};

describe.each(TAKEN)('%s', (name) => {
  test(
    'every engine computes what its files say, or names the operator that it lacks',
    { timeout: 3_000_000 },
    async () => {
      const model = await MODELS[name]?.();
      if (!model) throw new Error(`there is no ${name}`);
      const rows: Row[] = [];
      for (const precision of PRECISIONS) {
        const folder = await exported(name, model, precision);
        const manifest = await readManifest(folder);
        const checked: Checked[] = [];
        // One that turns out to be missing leaves the list.
        for (const engine of engines.slice()) {
          const found = await checkFiles(engine, folder, manifest).catch((error: unknown) => {
            if (!isUserError(error) || error.name !== 'Unavailable') throw error;
            console.log(`skipped: ${engine.name}: ${error.message}`);
          });
          if (found) checked.push(found);
          else engines.splice(engines.indexOf(engine), 1);
        }
        rows.push({ model: name, precision, checked });
        rmSync(folder, { recursive: true });
      }
      saveRows(name, rows);
      expect(rows.length).toBe(PRECISIONS.length);
      expect(rows.flatMap(wrongIn)).toEqual([]);
    },
  );
});

/** What is neither right nor known to be refused. */
const wrongIn = ({ model, precision, checked }: Row): readonly string[] =>
  checked.flatMap(({ engine, files }) =>
    Object.entries(files).flatMap(([part, outcome]) => {
      const isWell =
        'difference' in outcome ? outcome.difference <= TOLERANCE : (REFUSED[engine]?.test(outcome.reason) ?? false);
      const what = 'difference' in outcome ? String(outcome.difference) : outcome.reason;
      return isWell ? [] : [`${engine}: ${model} ${precision} ${part}: ${what}`];
    }),
  );
