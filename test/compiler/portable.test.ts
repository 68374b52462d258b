import * as ort from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { compile } from '../../src/export/compile.ts';
import { onnxruntime } from '../../src/export/engine.ts';
import { lower } from '../../src/compiler/lower.ts';
import { optimisePortably } from '../../src/compiler/optimise.ts';
import { bodyOf } from '../../src/dsl/network.ts';
import { apply, type Tensor } from '../../src/dsl/tensor.ts';
import type { Op } from '../../src/graph/op.ts';
import { resolve } from '../../src/graph/resolve.ts';
import {
  batchNorm,
  cvae,
  continuous,
  dense,
  gaussian,
  layerNorm,
  logSumExp,
  normal,
  relu,
  tanh,
} from '../../src/index.ts';
import { decode } from '../../src/onnx/decode.ts';
import { subgraphs, type OnnxGraph, type OnnxNode } from '../../src/onnx/graph.ts';
import { numbersOf } from '../../src/onnx/tensor.ts';
import { OPSET } from '../../src/onnx/schema.ts';
import { runOnnx, runReference } from '../../src/testing/engines.ts';
import { exportTraining } from '../../src/export/training.ts';
import { MODELS } from './models.ts';
import { evaluate } from '../../src/onnx/evaluate.ts';
import { feedsOf, graphOf } from '../onnx/cases/case.ts';
import { CASES } from '../onnx/cases/index.ts';
import { close } from '../onnx/close.ts';
import { trainedWeights } from './weights.ts';
import { chosen } from '../support/chosen.ts';

// docs/parity.md has what each of these gives elsewhere.
const UNLIKE = ['ReduceLogSumExp', 'Softplus', 'BatchNormalization', 'LogSoftmax', 'GroupNormalization', 'Selu'];

/** Whether constant pads are negative anywhere. */
const takesAway = ({ initializers }: OnnxGraph, name = ''): boolean => {
  const pads = initializers.get(name);
  return pads !== undefined && numbersOf(pads).some((pad) => pad < 0);
};

/** The number of axes of a constant or an input. */
const rankOf = ({ initializers, inputs }: OnnxGraph, name = ''): number | undefined =>
  (initializers.get(name) ?? inputs.find((one) => one.name === name))?.shape.length;

/** What a graph contains that some engines compute differently. */
const unlike = (graph: OnnxGraph): readonly string[] =>
  graph.nodes.flatMap((node) => {
    const producer = graph.nodes.find(({ outputs }) => outputs.includes(node.inputs[0] ?? ''))?.op;
    const bare =
      UNLIKE.includes(node.op) ||
      (node.op === 'Tanh' && producer !== 'Clip') ||
      node.attributes['direction'] === 'reverse' ||
      (node.op === 'MatMul' && rankOf(graph, node.inputs[0]) === 1) ||
      (node.op === 'Pad' && takesAway(graph, node.inputs[1])) ||
      (/^(Layer|Instance)Normalization$/.test(node.op) && producer !== 'Sub');
    return [...(bare ? [node.name] : []), ...subgraphs(node).flatMap(unlike)];
  });

const normalised = cvae({
  condition: { x: continuous(3) },
  target: normal(4, { sigma: 'learned' }),
  latent: 2,
  prior: ({ x }) => x.pipe(dense(6), relu, batchNorm, layerNorm, tanh, gaussian(2)),
  recognition: ({ y }) => y.pipe(dense(6), tanh, batchNorm, gaussian(2)),
  decoder: ({ z }) => z.pipe(dense(6), relu, batchNorm, gaussian(4)),
});

/** Those whose training step is looked at. */
const TRAINED = chosen('training steps of models', [...Object.keys(MODELS), 'normalised'], 2);

describe.each(Object.entries({ ...MODELS, normalised }))('no file of %s', (name, model) => {
  const weights = trainedWeights(model);

  test.each([true, false])('holds what engines compute differently, optimised: %s', (optimise) => {
    const evaluation = model.target.distribution === 'squaredError' ? {} : { evaluationSamples: 3 };
    const { files } = compile(model, weights, {
      example: false,
      recognition: true,
      sampler: model.latent > 0,
      ...evaluation,
      optimise,
    });
    for (const { model: file } of Object.values(files)) expect(unlike(file.graph)).toEqual([]);
  });

  test.runIf(TRAINED.includes(name))('nor does its training step', () => {
    const step = exportTraining(model, weights).others?.find(({ file }) => file === 'train.onnx');
    const { graph } = decode(step?.pieces[0] ?? new Uint8Array(), { file: 'train.onnx' });
    expect(unlike(graph)).toEqual([]);
  });
});

/** What a layer gives for one example, in onnxruntime, as a file has it. */
const given = async (layer: (x: Tensor<[number]>) => Tensor, data: readonly number[]): Promise<readonly number[]> => {
  const body = bodyOf('layer', { x: [data.length] }, ({ x }) => ({ y: layer(x as Tensor as Tensor<[number]>) }));
  const graph = optimisePortably(lower(resolve(body, { mode: 'infer' }), new Map()), OPSET);
  expect(unlike(graph)).toEqual([]);
  const values = { x: { shape: [1, data.length], data: Float32Array.from(data) } };
  const engine = onnxruntime({ InferenceSession: ort.InferenceSession, Tensor: ort.Tensor }, 'onnxruntime-node');
  const [found] = await runOnnx(engine, graph, [values]);
  const { y } = found?.values ?? {};
  const expected = runReference(graph, values).values['y'];
  expect(Array.from(y?.data ?? [])).toEqual(Array.from(expected?.data ?? [], (v) => expect.closeTo(v, 3)));
  return Array.from(y?.data ?? []);
};

describe('the sum of exponentials', () => {
  test.each([
    [[-Infinity, -Infinity], -Infinity],
    [[-Infinity, 3], 3],
    [[-1000, -1000], Math.log(2) - 1000],
    [[3e4, 0], 3e4],
  ])('of %j is %d', async (data, expected) => {
    expect(await given(logSumExp, data)).toEqual([expect.closeTo(expected, 3)]);
  });

  test('of ∞ is ∞', async () => expect(await given(logSumExp, [Infinity, 1])).toEqual([Infinity]));
});

describe.each(['GRU', 'LSTM', 'MatMul', 'Pad'] as const)('%s', (op) => {
  test.each(CASES[op].map((one, i) => [i + 1, one] as const))('%d gives the same', (_, one) => {
    const graph = graphOf(one);
    const written = optimisePortably(graph, one.opset ?? OPSET);
    // Sequences of lengths of their own are reversed each by itself: no file of ours has them.
    const isReverse = ({ attributes, inputs }: OnnxNode) => attributes['direction'] === 'reverse' && !inputs[4];
    expect(written.nodes.filter(isReverse)).toEqual([]);
    const [expected, found] = [evaluate(graph, feedsOf(one)), evaluate(written, feedsOf(one))];
    for (const { name } of graph.outputs) {
      const own = found[name];
      expect(close(expected[name], own && { dims: own.shape, data: [...numbersOf(own)] })).toBeUndefined();
    }
  });
});

test('a frame that takes away and adds is cut and padded', async () => {
  const framed = (pads: readonly number[], value?: number): Op => ({
    name: 'framed',
    shape: () => [5],
    run: (_, [x]) => x,
    lower: (onnx, [x]) => onnx.Pad(x, pads, value),
  });
  expect(await given((x) => apply(framed([0, -1, 0, -2]), [x], {}), [1, 2, 3, 4, 5, 6, 7, 8])).toEqual([2, 3, 4, 5, 6]);
  expect(await given((x) => apply(framed([0, -3, 0, 2], 9), [x], {}), [1, 2, 3, 4, 5, 6])).toEqual([4, 5, 6, 9, 9]);
  expect(await given((x) => apply(framed([0, 1, 0, -4]), [x], {}), [1, 2, 3, 4, 5, 6, 7, 8])).toEqual([0, 1, 2, 3, 4]);
});

test("a user's own op is written so too", async () => {
  const own: Op = {
    name: 'own',
    shape: ([x]) => x,
    run: (tf, [x]) => tf.softplus(tf.tanh(x)),
    lower: (onnx, [x]) => onnx.Softplus(onnx.Tanh(x)),
  };
  expect(await given((x) => apply(own, [x], {}), [1000, -1000, 0])).toEqual([
    expect.closeTo(Math.log(1 + Math.E), 5),
    expect.closeTo(Math.log(1 + 1 / Math.E), 5),
    expect.closeTo(Math.log(2), 5),
  ]);
});
