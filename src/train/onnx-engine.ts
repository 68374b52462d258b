import { bindBatch } from '../compiler/bind-batch.ts';
import { lower } from '../compiler/lower.ts';
import { optimise } from '../compiler/optimise.ts';
import { metricName } from '../compiler/train-step.ts';
import type { Graph } from '../graph/graph.ts';
import { forRows } from '../graph/run.ts';
import { OPSET } from '../onnx/schema.ts';
import type { OnnxGraph } from '../onnx/graph.ts';
import type { Weights } from '../weights/weights.ts';
import type { Session, TrainingEngine } from './engine.ts';
import { fileOf, valueOf, weightOf, type OnnxBackend } from './onnx-backend.ts';
import { newPlace, type Host } from './onnx-host.ts';
import { LocalHost } from './onnx-local.ts';
import { MANY_NODES, OnnxSession, SIZES } from './onnx-session.ts';

/**
 * Returns an engine that runs on onnxruntime, in this thread: the objective, its gradient and the optimiser are one ONNX graph of
 * standard operators, which takes many steps a call without its state leaving the runtime.
 */
export const onnxEngine = (backend: OnnxBackend): TrainingEngine => hostedEngine(new LocalHost(backend), backend);

/** Returns an engine that runs on onnxruntime, wherever that is. */
export const hostedEngine = (host: Host, { name, version }: Pick<OnnxBackend, 'name' | 'version'>): TrainingEngine => {
  const compute = computer(host);
  return {
    name,
    version,
    load: async (...given) => plain(await OnnxSession.load(host, ...given)),
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
  expect: (batches) => session.expect(batches),
  interrupt: () => session.interrupt(),
  read: () => session.read(),
  write: (weights) => session.write(weights),
  state: () => session.state(),
  restore: (state) => session.restore(state),
  close: () => session.close(),
});

/** A graph that is evaluated, its files by the size of their batches (0 is any), and the weights that its place holds. */
interface Evaluated {
  readonly lowered: OnnxGraph;
  readonly isLarge: boolean;
  readonly files: Map<number, number>;
  readonly place: number;
  weights?: Weights;
}

/** Returns a function that computes a graph's outputs for one batch. The graphs that were evaluated last are kept open. */
function computer(host: Host): TrainingEngine['compute'] {
  const open = new Map<Graph, Evaluated>();

  const released = async ({ files }: Evaluated, most: number): Promise<void> => {
    for (const [size, file] of [...files].slice(0, Math.max(0, files.size - most))) {
      files.delete(size);
      await host.release(file);
    }
  };
  const kept = async (graph: Graph): Promise<Evaluated> => {
    const before = open.get(graph);
    if (before) return before;
    const outputs = Object.fromEntries(Object.entries(graph.outputs).map(([name, id]) => [metricName(name), id]));
    const lowered = lower({ ...graph, outputs, updates: {} }, 'inputs');
    // Training evaluates two objectives at most, the baseline's and the model's; evaluating more of them only costs reloading.
    for (const [old, one] of [...open].slice(0, -1)) {
      open.delete(old);
      await Promise.all([released(one, 0), host.forget(one.place)]);
    }
    const made = { lowered, isLarge: lowered.nodes.length > MANY_NODES, files: new Map(), place: newPlace() };
    open.set(graph, made);
    return made;
  };
  const fileFor = async (one: Evaluated, count: number): Promise<number> => {
    const size = one.isLarge ? count : 0;
    const before = one.files.get(size);
    if (before !== undefined) return before;
    const sized = size > 0 ? bindBatch(one.lowered, size) : one.lowered;
    const { file } = await host.open(fileOf(optimise(sized, OPSET)));
    await released(one, SIZES - 1);
    one.files.set(size, file);
    return file;
  };

  return async (graph, weights, values, count) => {
    const one = await kept(graph);
    const file = await fileFor(one, count);
    // All batches of a validation have the same weights, of which none is changed in place.
    if (one.weights !== weights)
      await host.set(
        one.place,
        Object.fromEntries(graph.params.map((p) => [p.name, { dims: p.shape, data: weightOf(p, weights) }])),
      );
    one.weights = weights;
    const given = Object.fromEntries(
      graph.inputs.map(({ name, shape, lead }) => [
        name,
        { dims: [...(lead > 0 ? [count * lead] : []), ...shape], data: valueOf(values, name).slice() },
      ]),
    );
    const { computed } = await host.call(one.place, [{ file, given }]);
    const results = computed[0]?.results ?? {};
    const outputs = Object.keys(graph.outputs).map((name) => [name, valueOf(results, metricName(name)).data] as const);
    return forRows(graph, Object.fromEntries(outputs), count);
  };
}
