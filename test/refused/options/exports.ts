import * as compiler from '../../../src/compiler/index.ts';
import { exportTraining } from '../../../src/export/training.ts';
import * as onnx from '../../../src/onnx/index.ts';
import * as runtime from '../../../src/runtime/node.ts';
import * as testing from '../../../src/testing/index.ts';
import type { Functions, Loose } from '../loose.ts';
import { NOWHERE, type Door } from './taking.ts';
import { model } from './training.ts';

type Untyped<M> = { readonly [K in keyof M]: Loose };
// A user of JavaScript has no types; these take them away.
const jsCompiler = { ...compiler, exportTraining } as unknown as Untyped<typeof compiler> & {
  readonly exportTraining: Loose;
};
const jsOnnx = onnx as unknown as Untyped<typeof onnx>;
const jsRuntime = runtime as unknown as Untyped<typeof runtime>;
const jsTesting = testing as unknown as Untyped<typeof testing>;

/** Weights that are refused: what comes after the options is not of interest. */
const weights = new Map();
const COMPILING = [
  'recognition',
  'sampler',
  'evaluationSamples',
  'opset',
  'optimise',
  'externalDataAbove',
  'name',
  'names',
  'display',
];

/** The door to the compiler, and what it calls to export for training. */
export const COMPILER: Door<Functions<typeof compiler> | 'exportTraining'> = {
  compile: {
    call: (options) => jsCompiler.compile(model, weights, options),
    known: [...COMPILING, 'exchangeable', 'example', 'precision', 'keepFloat32', 'onFile'],
  },
  exportTraining: {
    call: (options) => jsCompiler.exportTraining(model, weights, options),
    known: [...COMPILING, 'onFile', 'objective', 'epochs', 'optimiser', 'learningRate', 'auxiliary'],
  },
  exportModel: {
    call: (options) => jsCompiler.exportModel(model, weights, options),
    known: [
      ...COMPILING,
      'out',
      'precision',
      'keepFloat32',
      'atMost',
      'measureOn',
      'training',
      'package',
      'target',
      'examples',
      'run',
      'signal',
      'onProgress',
    ],
    needed: { out: NOWHERE },
  },
  verify: {
    call: (options) => jsCompiler.verify(NOWHERE, { files: {} }, options),
    known: ['engine', 'backend', 'onFile', 'fresh', 'signal'],
    needed: { engine: { name: 'none', load: () => undefined } },
  },
  onnxruntime: 'none',
  write: 'none',
};

/** The door to the runtime, in Node. */
export const RUNTIME: Door<Functions<typeof runtime>> = {
  open: {
    call: (options) => jsRuntime.open(NOWHERE, options),
    known: ['backend', 'threads', 'signal', 'onProgress', 'wasmPaths', 'worker', 'weights'],
  },
  trainer: {
    call: (options) => jsRuntime.trainer(NOWHERE, options),
    known: ['seed', 'learningRate', 'backend', 'threads', 'signal', 'onProgress', 'wasmPaths', 'worker'],
  },
  adapted: {
    call: (options) => jsRuntime.adapted(NOWHERE, weights, options),
    known: ['backend', 'threads', 'signal', 'onProgress', 'wasmPaths', 'worker'],
  },
  latestWins: 'none',
  readLabel: 'none',
  readMetadata: 'none',
  readManifest: 'none',
  toRgba: 'none',
  putWeights: 'none',
};

const graph = onnx.parseGraph('g (float[N] x) => (float[N] y) { [a] y = Neg (x) }');
const bytes = onnx.encode({
  graph,
  opset: 18,
  irVersion: 8,
  metadata: {},
  producer: { name: 'test', version: '1' },
});

/** The door to ONNX. */
export const ONNX: Door<Functions<typeof onnx>> = {
  decode: { call: (options) => jsOnnx.decode(bytes, options), known: ['file', 'external'] },
  parse: { call: (options) => jsOnnx.parse(onnx.print(onnx.decode(bytes)), options), known: ['fill'] },
  parseGraph: { call: (options) => jsOnnx.parseGraph(onnx.print(graph), options), known: ['fill'] },
  print: { call: (options) => jsOnnx.print(graph, options), known: ['most'] },
  evaluate: {
    call: (options) => jsOnnx.evaluate(graph, { x: onnx.tensorOf('float32', [1], [1]) }, options),
    known: ['opset', 'limits', 'onNode'],
  },
  differentiate: {
    call: (options) => jsOnnx.differentiate(graph, options),
    known: ['of', 'by', 'opset'],
    needed: { of: 'y', by: ['x'] },
  },
  isFloat: 'none',
  irVersionOf: 'none',
  parametersOf: 'none',
  runsEverywhere: 'none',
  within: 'none',
  isOperator: 'none',
  specOf: 'none',
  numbersOf: 'none',
  tensorOf: 'none',
  check: 'none',
  checkGraph: 'none',
  encode: 'none',
  encodeExternal: 'none',
  infer: 'none',
  isGraph: 'none',
  isTensor: 'none',
  subgraphs: 'none',
  renamed: 'none',
};

// Not the shape: another one than the result's is no odd option, but a case that fails.
const CASE = ['name', 'inputs', 'batches', 'gradient', 'tolerance'];
const negative = {
  name: 'negative',
  shape: ([x]: readonly unknown[]) => x,
  run: (tf: { neg(x: unknown): unknown }, [x]: readonly unknown[]) => tf.neg(x),
  lower: (to: { Neg(x: unknown): unknown }, [x]: readonly unknown[]) => to.Neg(x),
};

/** The door to tests of ops and layers, whose options are cases. */
export const TESTING: Door<Functions<typeof testing>> = {
  testOp: {
    call: (options) => jsTesting.testOp(negative, [options]),
    known: [...CASE, 'attrs'],
    needed: { inputs: [[2]], attrs: {}, gradient: false, batches: [1] },
  },
  testLayer: {
    call: (options) => jsTesting.testLayer('itself', (x: unknown) => x, options),
    known: CASE,
    needed: { inputs: [[2]], gradient: false, batches: [1] },
  },
};
