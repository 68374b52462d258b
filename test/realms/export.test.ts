import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { exportTraining } from '../../src/export/training.ts';
import { importOnnxruntime } from '../../src/onnxruntime.ts';
import { DATA, everywhere, MODEL } from './realm.ts';
import { IS_LONG } from '../support/chosen.ts';

// Weights, options and values of another realm, or objects without a prototype, on the way from a model to what is drawn from it.

const folder = mkdtempSync(join(tmpdir(), 'realms-'));
afterAll(() => rmSync(folder, { recursive: true }));

const TRAINED = `${DATA}
  const model = ${MODEL};
  const { weights, names } = await training.train(model, source, o({ engine: 'onnx', epochs: 1, batch: 8, seed: 3, onNotice: () => undefined }));`;
/** Bytes in a few letters. */
const SUM = `const sum = (bytes) => [bytes.length, Array.from(bytes).reduce((hash, byte) => (hash * 31 + byte) | 0, 0)];`;

it.runIf(IS_LONG)('a model compiles to the same bytes', async () => {
  const text = await everywhere(
    `(async () => { ${TRAINED} ${SUM}
      const bytes = ({ files, others = [], manifest }) => [
        Object.entries(files).map(([part, file]) => [part, sum(file.bytes)]),
        others.map(({ file, pieces }) => [file, ...pieces.map(sum)]),
        manifest,
      ];
      return [
        compiler.compile(model, copied(weights), o({ name: 'mine', names, evaluationSamples: 3, recognition: true })),
        compiler.compile(model, copied(weights), o({ precision: 'float16', opset: 20 })),
        compiler.compile(model, copied(weights), o({ optimise: false, example: false, externalDataAbove: 16 })),
        exportTraining(model, copied(weights), o({ optimiser: training.sgd(o({ momentum: 0.5 })), auxiliary: new Map() })),
      ].map(bytes);
    })()`,
    { exportTraining },
  );
  expect(JSON.parse(text)[0][0].map(([part]: readonly string[]) => part)).toContain('evaluation');
});

it('an export is written, opened, trained further and adapted alike', async () => {
  const text = await everywhere(
    `(async () => { ${TRAINED} ${SUM}
      const out = folder + '/out';
      const exported = await compiler.exportModel(model, copied(weights), o({
        out, name: 'mine', names, training: { epochs: 3, optimiser: training.adam() }, examples: source,
        onProgress: () => undefined, signal: () => signal,
      }));
      const engine = compiler.onnxruntime(await importOnnxruntime(), 'mine');
      const verified = await compiler.verify(out, exported.manifest, o({ engine }));

      const opened = await runtime.open(out, o({ threads: 1, backend: 'auto', weights: copied(weights), signal }));
      const x = Float32Array.from(xs.slice(0, 4));
      const given = o({ kind: 1, x, toString: 3 });
      const drawn = [
        await opened.sample(
          o({ kind: ['left', 'constructor'], x: Float64Array.from(xs.slice(0, 8), Math.fround), toString: Float32Array.of(10) }),
          o({ count: 2, seed: 1, draw: true }),
        ),
        await opened.mean(o({ kind: Float32Array.of(0.5, 0.25, 0.25), x: Array.from(x), toString: 3 })),
        await opened.prior(given),
        await opened.baseline(given),
        await opened.interpolate(Float32Array.of(0, 1), [1, 0], 3, given),
        await opened.decode(Float64Array.of(0, 1), given),
      ];
      await opened.close();
      const bytes = Uint8Array.from(await readFile(out + '/decoder.onnx'));
      const label = [runtime.readLabel(bytes, 'here'), runtime.readMetadata(bytes, 'here')];

      const trainer = await runtime.trainer(out, o({ seed: 2, learningRate: 1e-2 }));
      const step = await trainer.step(o({
        kind: kinds.slice(0, 2), x: Float64Array.from(xs.slice(0, 8), Math.fround), toString: Uint8Array.of(10, 20),
        y: Float64Array.from(ys.slice(0, 8)),
      }));
      const now = await trainer.weights();
      await trainer.close();
      const adapted = await runtime.adapted(out, copied(now), o({ backend: 'auto' }));
      const put = runtime.putWeights(await readFile(out + '/decoder.onnx'), exported.manifest.files.decoder, copied(now));
      return { exported, verified, drawn, label, step, now, adapted: [...adapted].map(([name, bytes]) => [name, sum(bytes)]), put: sum(put) };
    })()`,
    { folder, signal: new AbortController().signal, importOnnxruntime, readFile },
  );
  const { drawn, step } = JSON.parse(text);
  expect(drawn).toHaveLength(6);
  expect(step.loss).toBeTypeOf('number');
});

it.each([
  [
    'compiler.compile(model, {})',
    'WeightsMismatch: compile: expected weights as a Map by the names of parameters, got an object; pass the weights that train or loadWeights returned',
  ],
  [
    'compiler.compile(model)',
    'WeightsMismatch: compile: expected weights as a Map by the names of parameters, got nothing; pass the weights that train or loadWeights returned',
  ],
  [
    'compiler.compile(model, new Map([[1, weights.get("decoder/own")]]))',
    'WeightsMismatch: compile: expected weights by the names of parameters, got 1; pass the weights that train or loadWeights returned',
  ],
  [
    'compiler.compile(model, new Map([["a", Float32Array.of(1)]]))',
    'WeightsMismatch: compile: expected a as { shape, data }, shape a list of whole numbers, got an array of 1; pass the weights that train or loadWeights returned',
  ],
  [
    'compiler.compile(model, new Map([["a", { shape: [1], data: Float64Array.of(1) }]]))',
    'WeightsMismatch: compile: expected a Float32Array as data of a, got an array of 1; pass the weights that train or loadWeights returned',
  ],
])('weights that are none are refused in the same words: %s', async (script, sentence) => {
  const found = await everywhere(
    `(async () => { const model = ${MODEL}; const weights = new Map([['decoder/own', { shape: [4], data: new Float32Array(4) }]]); return ${script}; })()`,
  );
  expect(found).toBe(sentence);
});
