import type * as tfjs from '@tensorflow/tfjs-core';
import { dependenciesOf } from '../graph/dependencies.ts';
import type { Graph, GraphParam } from '../graph/graph.ts';
import type { Tf } from '../graph/op.ts';
import { size } from '../shape/size.ts';
import type { Weight, Weights } from '../weights/weights.ts';
import type { Backend } from './backend.ts';
import type { TrainingEngine, Scalars, OptimiserState, Session, StepInput, InputValues } from './engine.ts';
import { clipGraph, optimiserGraph, type Optimiser } from './optimiser.ts';
import { forRows, run } from '../graph/run.ts';

/** Returns an engine that runs on TensorFlow.js: graphs are executed op by op, and gradients are those of TensorFlow.js. */
export const tfjsEngine = ({ tf, name, version, reason }: Backend): TrainingEngine => ({
  name,
  version,
  ...(reason !== undefined && { notice: reason }),
  load: async (objective, optimiser, weights) => session(tf, objective, optimiser, weights),
  evaluate: async (graph, weights, values, count) =>
    tf.tidy(() => {
      const params = new Map(graph.params.map((p) => [p.name, tensorOf(tf, p, weights)]));
      return numbers(run(tf, graph, inputsOf(tf, graph, values, count), params).outputs);
    }),
  compute: async (graph, weights, values, count) => {
    const results: Record<string, Float32Array> = {};
    // Not returned from tidy, which would look for tensors in every element of the arrays.
    tf.tidy(() => {
      const params = new Map(graph.params.map((p) => [p.name, tensorOf(tf, p, weights)]));
      const { outputs } = run(tf, graph, inputsOf(tf, graph, values, count), params);
      for (const [name, t] of Object.entries(outputs)) results[name] = Float32Array.from(t.dataSync());
    });
    return forRows(graph, results, count);
  },
});

/**
 * Lays all trained parameters end to end in one vector for the optimiser, whose cost is the number of kernel calls (15 to 40 µs
 * each) and not their size: one set of calls instead of one for each parameter.
 */
function session(tf: Tf, objective: Graph, optimiser: Optimiser, weights: Weights): Session {
  const trained = objective.params.filter((p) => p.trainable);
  // TensorFlow.js refuses to differentiate with respect to a tensor that the loss does not depend on, such as a parameter behind
  // an unused output of a network. Its gradient is 0.
  const reached = dependenciesOf(objective, objective.outputs['loss'] ?? NaN);
  const effective = trained.filter(({ id }) => reached.has(id));
  const total = trained.reduce((count, p) => count + size(p.shape), 0);
  const update = optimiserGraph(optimiser, [total]);
  const params = new Map(objective.params.map((p) => [p.name, tf.keep(tensorOf(tf, p, weights))]));
  const moments = new Map(optimiser.state.map((name) => [name, tf.keep(tf.zeros([total]))]));
  const joined = () => tf.keep(tf.tidy(() => join(tf, each(trained, params))));
  let flat = joined();

  const replace = (from: Map<string, tfjs.Tensor>, name: string, to: tfjs.Tensor) => {
    from.get(name)?.dispose();
    from.set(name, tf.keep(to));
  };

  const step = ({ values, count, scalars }: StepInput): Scalars =>
    tf.tidy(() => {
      const inputs = inputsOf(tf, objective, values, count);
      let results: ReturnType<typeof run> | undefined;
      const forward = (...given: tfjs.Tensor[]) => {
        const bound = new Map(params);
        for (const [i, { name }] of effective.entries()) bound.set(name, given[i] ?? held(params, name));
        results = run(tf, objective, inputs, bound);
        // Kept until the end of the step; the tape's own tidy would dispose of all but the loss.
        for (const t of [...Object.values(results.outputs), ...Object.values(results.updates)]) tf.keep(t);
        return named(results.outputs, 'loss');
      };
      const slopes = gradients(tf, forward, effective, params);
      if (!results) throw new Error('tfjs: the objective was not run');
      const grads = trained.map(({ name, shape }) => slopes.get(name) ?? tf.zeros([...shape]));

      const numbersOf = Object.fromEntries(Object.entries(scalars).map(([key, value]) => [key, tf.scalar(value)]));
      const given = {
        parameter: flat,
        gradient: clip(tf, join(tf, grads), optimiser),
        ...Object.fromEntries(moments),
        ...numbersOf,
      };
      const { outputs } = run(tf, update, given, new Map());
      for (const name of optimiser.state) replace(moments, name, named(outputs, name));
      flat.dispose();
      flat = tf.keep(named(outputs, 'parameter'));
      for (const [name, part] of split(tf, flat, trained)) replace(params, name, part);
      for (const [name, value] of Object.entries(results.updates)) replace(params, name, tf.clone(value));

      const metrics = numbers(results.outputs);
      for (const t of [...Object.values(results.outputs), ...Object.values(results.updates)]) t.dispose();
      return metrics;
    });

  return {
    atOnce: 1,
    step: async (batches) => batches.map(step),
    read: async () => new Map([...params].map(([name, t]) => [name, weightOf(t)])),
    write: async (given) => {
      for (const p of objective.params) if (given.has(p.name)) replace(params, p.name, tensorOf(tf, p, given));
      flat.dispose();
      flat = joined();
    },
    state: async () => stateOf(moments, trained),
    restore: async (state) => {
      for (const name of optimiser.state) replace(moments, name, flatOf(tf, state[name], trained));
    },
    close: () => {
      for (const t of [...params.values(), ...moments.values(), flat]) t.dispose();
    },
  };
}

const each = (of: readonly GraphParam[], params: ReadonlyMap<string, tfjs.Tensor>): tfjs.Tensor[] =>
  of.map(({ name }) => held(params, name));

/** Computes the gradient of a loss with respect to parameters, by name. */
const gradients = (
  tf: Tf,
  loss: (...given: tfjs.Tensor[]) => tfjs.Tensor,
  by: readonly GraphParam[],
  params: ReadonlyMap<string, tfjs.Tensor>,
): ReadonlyMap<string, tfjs.Tensor> => {
  if (by.length === 0) {
    loss();
    return new Map();
  }
  // `loss` returns a scalar, for which the types of tfjs have a class of their own.
  const { grads } = tf.valueAndGrads(loss as (...given: tfjs.Tensor[]) => tfjs.Scalar)(
    by.map(({ name }) => held(params, name)),
  );
  return new Map(by.map(({ name }, i) => [name, grads[i] ?? tf.zeros([])]));
};

/** Scales down all gradients together if their norm exceeds the limit. */
const clip = (tf: Tf, gradient: tfjs.Tensor, { clipNorm }: Optimiser): tfjs.Tensor => {
  if (clipNorm === undefined) return gradient;
  const largest = tf.maximum(tf.max(tf.abs(gradient)), 1);
  const squares = tf.sum(tf.square(tf.div(gradient, largest)));
  const { outputs } = run(tf, clipGraph(clipNorm), { largest, squares }, new Map());
  return tf.mul(gradient, named(outputs, 'factor'));
};

/** Concatenates tensors, flattened, end to end. */
const join = (tf: Tf, parts: readonly tfjs.Tensor[]): tfjs.Tensor =>
  parts.length === 0 ? tf.tensor1d([]) : tf.concat(parts.map((p) => tf.reshape(p, [-1])));

/** Splits a vector into parameters of these shapes, by name. */
function* split(
  tf: Tf,
  flat: tfjs.Tensor,
  params: readonly GraphParam[],
): Generator<readonly [name: string, part: tfjs.Tensor]> {
  let at = 0;
  for (const { name, shape } of params) {
    yield [name, tf.reshape(tf.slice(flat, at, size(shape)), [...shape])];
    at += size(shape);
  }
}

const stateOf = (moments: ReadonlyMap<string, tfjs.Tensor>, params: readonly GraphParam[]): OptimiserState =>
  Object.fromEntries(
    [...moments].map(([state, flat]) => {
      const data = Float32Array.from(flat.dataSync());
      const parts = new Map<string, Weight>();
      let at = 0;
      for (const { name, shape } of params) {
        parts.set(name, { shape, data: data.slice(at, at + size(shape)) });
        at += size(shape);
      }
      return [state, parts];
    }),
  );

/** Joins one of the optimiser's states into a vector; the inverse of `stateOf`. */
const flatOf = (tf: Tf, state: Weights | undefined, params: readonly GraphParam[]): tfjs.Tensor => {
  const flat = new Float32Array(params.reduce((count, p) => count + size(p.shape), 0));
  let at = 0;
  for (const { name, shape } of params) {
    const part = state?.get(name)?.data;
    if (part?.length !== size(shape)) throw new Error(`tfjs: the optimiser's state has no ${name} of its shape`);
    flat.set(part, at);
    at += part.length;
  }
  return tf.tensor1d(flat, 'float32');
};

const inputsOf = (tf: Tf, graph: Graph, values: InputValues, count: number): Record<string, tfjs.Tensor> =>
  Object.fromEntries(
    graph.inputs.map(({ name, shape, lead }) => {
      const data = values[name];
      if (!data) throw new Error(`tfjs: the batch has no ${name}`);
      return [name, tf.tensor(data, lead > 0 ? [count * lead, ...shape] : [...shape], 'float32')];
    }),
  );

const tensorOf = (tf: Tf, { name, shape }: GraphParam, weights: Weights): tfjs.Tensor => {
  const weight = weights.get(name);
  if (!weight) throw new Error(`tfjs: the weights have no ${name}`);
  return tf.tensor(weight.data, [...shape], 'float32');
};

const weightOf = (t: tfjs.Tensor): Weight => ({ shape: t.shape, data: Float32Array.from(t.dataSync()) });

const numbers = (outputs: Readonly<Record<string, tfjs.Tensor>>): Record<string, number> =>
  Object.fromEntries(Object.entries(outputs).map(([name, t]) => [name, t.dataSync()[0] ?? NaN]));

const held = (tensors: ReadonlyMap<string, tfjs.Tensor>, name: string): tfjs.Tensor => {
  const t = tensors.get(name);
  if (!t) throw new Error(`tfjs: no ${name}`);
  return t;
};

const named = (tensors: Readonly<Record<string, tfjs.Tensor>>, name: string): tfjs.Tensor => {
  const t = tensors[name];
  if (!t) throw new Error(`tfjs: no ${name}`);
  return t;
};
