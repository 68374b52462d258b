import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { compile } from '../../src/export/compile.ts';
import { onnxruntime, type InferenceEngine } from '../../src/export/engine.ts';
import { verify } from '../../src/export/verify.ts';
import { write } from '../../src/export/write.ts';
import { isUserError } from '../../src/errors.ts';
import { check } from '../../src/onnx/check.ts';
import { decode } from '../../src/onnx/decode.ts';
import { encode } from '../../src/onnx/encode.ts';
import { evaluate } from '../../src/onnx/evaluate.ts';
import type { OnnxModel, OnnxTensor } from '../../src/onnx/graph.ts';
import { parse, parseGraph } from '../../src/onnx/parse.ts';
import { print } from '../../src/onnx/print.ts';
import { tensorOf } from '../../src/onnx/tensor.ts';
import type { Manifest } from '../../src/signature.ts';
import { exportTraining } from '../../src/export/training.ts';
import { sha256 } from '../../src/weights/fingerprint.ts';
import { constantVariance, pictures } from '../compiler/models.ts';
import { trainedWeights } from '../compiler/weights.ts';
import table from '../../examples/table/model.ts';
import { changedBytes, changedModel, written } from './mutants.ts';
import { noise } from './ort.ts';
import { IS_LONG, chosen } from '../support/chosen.ts';

const seed = Number(process.env['SEED'] ?? 1);
const runs = (usual: number): number => Number(process.env['RUNS'] ?? usual);

/** What a call gives, or undefined where it is refused in one sentence; nothing takes long. */
const told = <T>(what: string, f: () => T): T | undefined => {
  const start = performance.now();
  try {
    return f();
  } catch (error) {
    if (!isUserError(error)) throw new Error(`${what}: no refusal in words`, { cause: error });
    expect(error.message.split('\n')).toHaveLength(1);
    return undefined;
  } finally {
    expect(performance.now() - start, what).toBeLessThan(20_000);
  }
};

/** Something of the type and shape of each input, unless that is large. */
const inputsOf = ({ graph }: OnnxModel): Record<string, OnnxTensor> =>
  Object.fromEntries(
    graph.inputs.flatMap(({ name, dtype, shape }) => {
      const lengths = shape.map((dim) => (typeof dim === 'number' ? dim : 1));
      const size = lengths.reduce((a, b) => a * b, 1);
      return size >= 0 && size < 1e5 ? [[name, noise(lengths, 1, dtype)]] : [];
    }),
  );

/** Reads a file, and does all that can be done with it. */
const handled = (bytes: Uint8Array): void => {
  const model = told('decode', () => decode(bytes));
  if (!model) return;
  const again = told('encode', () => encode(model));
  if (again) expect(Buffer.compare(encode(decode(again)), again)).toBe(0);
  const text = told('print', () => print(model, { most: 64 }));
  if (text) told('parse', () => parse(text, { fill: ({ dtype, shape }) => noise(shape.map(Number), 1, dtype) }));
  told('check', () => check(model));
  const limits = { operations: 2 ** 30, numbers: 2 ** 24 };
  told('evaluate', () => evaluate(model.graph, inputsOf(model), { opset: model.opset, limits }));
};

describe('an exported file that is changed at random is read, checked and computed, or refused in one sentence', () => {
  const files = [table, pictures, constantVariance].flatMap((model) =>
    Object.values(compile(model, trainedWeights(model)).files).map(({ model: file }) => encode(file)),
  );
  const file = fc.constantFrom(...files);

  it('in its bytes', () => {
    fc.assert(
      fc.property(file, changedBytes, (bytes, change) => handled(change(bytes))),
      { numRuns: runs(400), seed },
    );
  });

  it('in its attributes, constants, inputs and shapes', () => {
    const changed = fc.property(file, changedModel, (bytes, change) => {
      const mutant = written(decode(bytes), change);
      if (mutant) handled(mutant);
    });
    fc.assert(changed, { numRuns: runs(200), seed });
  });
});

/** A manifest that says of a file's other bytes what they are. */
const listed = (manifest: Manifest, name: string, bytes: Uint8Array): Manifest => {
  const own = { bytes: bytes.length, sha256: sha256(bytes) };
  const { training, ...rest } = manifest;
  if (training?.step.file === name)
    return { ...rest, files: {}, training: { ...training, step: { ...training.step, ...own } } };
  const files = Object.entries(manifest.files).map(([part, file]) => [
    part,
    file.file === name ? { ...file, ...own } : file,
  ]);
  return { ...rest, files: Object.fromEntries(files) };
};

describe('a decoder that is made to ask for much is refused before an engine is given it', () => {
  const { decoder } = compile(pictures, trainedWeights(pictures)).files;
  if (!decoder) throw new Error('the model has no decoder');
  const { graph } = decoder.model;
  const [y] = graph.outputs;
  if (!y) throw new Error('the decoder gives nothing');

  /** The decoder, whose output goes through these nodes. */
  const through = (text: string, constants: readonly (readonly [string, OnnxTensor])[]): OnnxModel => {
    const { nodes } = parseGraph(`g () => () { ${text} }`);
    const renamedTo = graph.nodes.map((node) => ({
      ...node,
      outputs: node.outputs.map((name) => (name === y.name ? 'before' : name)),
    }));
    const initializers = new Map([...graph.initializers, ...constants]);
    return { ...decoder.model, graph: { ...graph, nodes: [...renamedTo, ...nodes], initializers } };
  };
  const far: OnnxTensor = { dtype: 'int64', shape: [], data: BigInt64Array.of(2n ** 53n) };
  const reshapes = graph.nodes.filter(({ op }) => op === 'Reshape').map(({ inputs }) => inputs[1] ?? '');

  const demands: readonly (readonly [string, OnnxModel, RegExp])[] = [
    [
      'by a shape that is far too large',
      {
        ...decoder.model,
        graph: {
          ...graph,
          initializers: new Map([
            ...graph.initializers,
            ...reshapes.map((name) => [name, tensorOf('int64', [4], [-1, 1, 2 ** 52, 4])] as const),
          ]),
        },
      },
      /ConvTranspose: expected channels of 4, got 1;/,
    ],
    [
      'by a loop of 2^53 iterations',
      through(
        `[l] ${y.name} = Loop (far, "", before) <body = b (int64 i, bool c, float[?, ?, ?, ?] s) => (bool d, float[?, ?, ?, ?] t) {
          [p] d = Identity (c) [q] t = Relu (s) }>`,
        [['far', far]],
      ),
      /: expected a graph that can be evaluated within the limits, got one that takes more operations from here on;/,
    ],
    [
      'by copies that are thrown away',
      through(
        `[a] large = ConstantOfShape (much) [s] one = Slice (large, zero, zero) [z] sum = ReduceSum <keepdims = 0> (one) [b] ${y.name} = Add (before, sum)`,
        [
          ['much', tensorOf('int64', [1], [2 ** 40])],
          ['zero', tensorOf('int64', [1], [0])],
        ],
      ),
      /^decoder.onnx: expected at most 2.7e\+11 operations for a row, got 1.1e\+12; make the model smaller$/,
    ],
  ];
  it.each(chosen('demands', demands, 2))('%s', async (_, model, says) => {
    const place = await mkdtemp(join(tmpdir(), 'cvae-hostile-'));
    try {
      const compiled = compile(pictures, trainedWeights(pictures));
      await write(join(place, 'export'), compiled, async () => undefined);
      const bytes = encode(model);
      await writeFile(join(place, 'export', 'decoder.onnx'), bytes);
      const loaded: string[] = [];
      const engine: InferenceEngine = {
        name: 'an engine',
        load: async () => {
          loaded.push('decoder.onnx');
          throw new Error('not to be loaded');
        },
      };
      const start = performance.now();
      const verified = verify(join(place, 'export'), listed(compiled.manifest, 'decoder.onnx', bytes), { engine });
      await expect(verified).rejects.toThrow(says);
      expect(loaded).toEqual([]);
      expect(performance.now() - start).toBeLessThan(60_000);
    } finally {
      await rm(place, { recursive: true });
    }
  });
});

it('an export of which one file is changed at random, with the right hash, is verified or refused in one sentence', async () => {
  const engine = onnxruntime(ort, 'onnxruntime-node');
  const place = await mkdtemp(join(tmpdir(), 'cvae-hostile-'));
  const folder = join(place, 'export');
  try {
    const compiled = exportTraining(table, trainedWeights(table), { evaluationSamples: 2 });
    await write(folder, compiled, async () => undefined);
    const names = [...Object.values(compiled.manifest.files).map(({ file }) => file), 'train.onnx'];
    const change = fc.oneof(
      changedBytes,
      changedModel.map((model) => (bytes: Uint8Array) => written(decode(bytes), model)),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), change, async (name, changed) => {
        const bytes = new Uint8Array(await readFile(join(folder, name)));
        const mutant = changed(bytes);
        if (!mutant) return;
        await writeFile(join(folder, name), mutant);
        const start = performance.now();
        try {
          await verify(folder, listed(compiled.manifest, name, mutant), { engine });
        } catch (error) {
          if (!isUserError(error)) throw new Error(`${name}: no refusal in words`, { cause: error });
          expect(error.message.split('\n')).toHaveLength(1);
        }
        expect(performance.now() - start).toBeLessThan(30_000);
        await writeFile(join(folder, name), bytes);
      }),
      { numRuns: runs(IS_LONG ? 120 : 24), seed },
    );
  } finally {
    await rm(place, { recursive: true });
  }
});
