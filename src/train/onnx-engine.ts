import { lower } from '../compiler/lower.ts';
import { optimise } from '../compiler/optimise.ts';
import { metricName } from '../compiler/train-step.ts';
import type { Graph } from '../graph/graph.ts';
import { OPSET } from '../onnx/schema.ts';
import type { OrtSession } from '../runtime/ort.ts';
import type { Session, TrainingEngine } from './engine.ts';
import { dataOf, openGraph, runGraph, valueOf, weightOf, type OnnxBackend } from './onnx-backend.ts';
import { OnnxSession } from './onnx-session.ts';

/**
 * Returns an engine that runs on onnxruntime: the objective, its gradient and the optimiser are one ONNX graph of standard
 * operators, which takes many steps a call without its state leaving the runtime.
 */
export const onnxEngine = (backend: OnnxBackend): TrainingEngine => {
  const { name, version } = backend;
  const compute = computer(backend);
  return {
    name,
    version,
    load: async (...given) => plain(await OnnxSession.load(backend, ...given)),
    evaluate: async (...given) =>
      Object.fromEntries(Object.entries(await compute(...given)).map(([name, [first = NaN]]) => [name, first])),
    compute,
  };
};

/** Turns a session into an object of functions: a custom engine may copy it with some of them replaced. */
const plain = (session: OnnxSession): Session => ({
  get atOnce() {
    return session.atOnce;
  },
  step: (batches) => session.step(batches),
  read: () => session.read(),
  write: (weights) => session.write(weights),
  state: () => session.state(),
  restore: (state) => session.restore(state),
  close: () => session.close(),
});

/** Returns a function that computes a graph's outputs for one batch. Sessions of the graphs that were evaluated last are kept. */
function computer(backend: OnnxBackend): TrainingEngine['compute'] {
  const sessions = new Map<Graph, OrtSession>();

  const opened = async (graph: Graph): Promise<OrtSession> => {
    const before = sessions.get(graph);
    if (before) return before;
    const outputs = Object.fromEntries(Object.entries(graph.outputs).map(([name, id]) => [metricName(name), id]));
    const runner = await openGraph(backend, optimise(lower({ ...graph, outputs, updates: {} }, 'inputs'), OPSET));
    // Training evaluates two objectives at most, the baseline's and the model's; evaluating more of them only costs reloading.
    for (const [old, one] of [...sessions].slice(0, -1)) {
      sessions.delete(old);
      await one.release();
    }
    sessions.set(graph, runner);
    return runner;
  };

  return async (graph, weights, values, count) => {
    const runner = await opened(graph);
    const tensor = (data: Float32Array, dims: readonly number[]) => new backend.ort.Tensor('float32', data, dims);
    const results = await runGraph(runner, {
      ...Object.fromEntries(graph.params.map((p) => [p.name, tensor(weightOf(p, weights), p.shape)])),
      ...Object.fromEntries(
        graph.inputs.map(({ name, shape, lead }) => [
          name,
          tensor(valueOf(values, name), [...(lead > 0 ? [count * lead] : []), ...shape]),
        ]),
      ),
    });
    return Object.fromEntries(Object.keys(graph.outputs).map((name) => [name, dataOf(results[metricName(name)])]));
  };
}
