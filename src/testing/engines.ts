import { lower } from '../compiler/lower.ts';
import { onnxruntime, type InferenceEngine } from '../export/engine.ts';
import type { Graph } from '../graph/graph.ts';
import { encode } from '../onnx/encode.ts';
import { importOnnxruntime } from '../onnxruntime.ts';
import { evaluate } from '../onnx/evaluate.ts';
import type { OnnxGraph } from '../onnx/graph.ts';
import { irVersionOf, OPSET } from '../onnx/schema.ts';
import { numbersOf, tensorOf } from '../onnx/tensor.ts';
import { loadBackend, type Backend, type BackendName } from '../train/backend.ts';
import { run } from '../graph/run.ts';
import type { Weights } from '../weights/weights.ts';
import type { Answer, Values } from './values.ts';

/** Returns an engine that runs ONNX files, if it is installed. */
const runtime = async (): Promise<InferenceEngine | undefined> => {
  try {
    return onnxruntime(await importOnnxruntime(), 'onnxruntime-node');
  } catch {
    return undefined;
  }
};

/** The engines that this machine has. */
export interface Engines {
  readonly tfjs: Backend;
  readonly onnx?: InferenceEngine;
}

const loaded = new Map<string, Promise<Engines>>();

/**
 * Loads TensorFlow.js, in the build named or the best available, and onnxruntime-node if it is installed. TensorFlow.js computes
 * in one build for the whole process: the last one loaded.
 */
export const engines = (only?: BackendName): Promise<Engines> => {
  const before = loaded.get(only ?? '');
  const now = before ?? load(only);
  loaded.set(only ?? '', now);
  return now;
};

async function load(only?: BackendName): Promise<Engines> {
  const [tfjs, onnx] = await Promise.all([loadBackend(only), runtime()]);
  return { tfjs, ...(onnx && { onnx }) };
}

/** Runs a graph in TensorFlow.js; the values to which training updates untrained parameters are called `next/<parameter>`. */
export function runTfjs({ tf, name }: Backend, graph: Graph, values: Values, weights: Weights): Answer {
  const results = tf.tidy(() => {
    const tensor = ({ shape, data }: Values[string]) => tf.tensor(Float32Array.from(data), [...shape], 'float32');
    const inputs = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, tensor(value)]));
    const params = new Map([...weights].map(([key, weight]) => [key, tensor(weight)]));
    const { outputs, updates } = run(tf, graph, inputs, params);
    const next = Object.entries(updates).map(([key, value]) => [`next/${key}`, value] as const);
    return [...Object.entries(outputs), ...next].map(
      ([key, value]) => [key, { shape: value.shape, data: value.dataSync() }] as const,
    );
  });
  return { engine: name, values: Object.fromEntries(results) };
}

/** Runs an ONNX graph in the reference, in float64. */
export const runReference = (graph: OnnxGraph, values: Values, engine = 'the reference'): Answer => {
  const inputs = graph.inputs.flatMap(({ name }) => {
    const value = values[name];
    return value ? [[name, tensorOf('float64', value.shape, value.data)] as const] : [];
  });
  const results = Object.entries(evaluate(graph, Object.fromEntries(inputs)));
  return {
    engine,
    values: Object.fromEntries(results.map(([key, t]) => [key, { shape: t.shape, data: numbersOf(t) }])),
  };
};

/** Runs an ONNX graph in onnxruntime, for each of several inputs. */
export async function runOnnx(
  engine: InferenceEngine,
  graph: OnnxGraph,
  given: readonly Values[],
  suffix = '',
): Promise<readonly Answer[]> {
  const session = await engine.load(encode(modelOf(graph)));
  try {
    const answers: Answer[] = [];
    for (const values of given) {
      const feeds = graph.inputs.flatMap(({ name }) => {
        const value = values[name];
        return value ? [[name, { shape: value.shape, data: Float32Array.from(value.data) }] as const] : [];
      });
      answers.push({ engine: engine.name + suffix, values: await session.run(Object.fromEntries(feeds)) });
    }
    return answers;
  } finally {
    await session.release();
  }
}

/** Wraps a graph as the content of a file. */
export const modelOf = (graph: OnnxGraph) => ({
  graph,
  opset: OPSET,
  irVersion: irVersionOf(OPSET),
  metadata: {},
  producer: { name: 'cvae-compile', version: 'test' },
});

/** Lowers a graph with its parameters as inputs, which differentiation and differences need. */
export const open = (graph: Graph): OnnxGraph => lower(graph, 'inputs');
