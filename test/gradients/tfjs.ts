import type * as tfjs from '@tensorflow/tfjs-core';
import { Tensor } from 'onnxruntime-node';
import { lower } from '../../src/compiler/lower.ts';
import { differentiate } from '../../src/compiler/differentiate.ts';
import type { Graph } from '../../src/graph/graph.ts';
import type { Tf } from '../../src/graph/op.ts';
import { checkGraph } from '../../src/onnx/check.ts';
import { evaluate } from '../../src/onnx/evaluate.ts';
import type { OnnxGraph, OnnxTensor } from '../../src/onnx/graph.ts';
import { OPSET } from '../../src/onnx/schema.ts';
import { numbersOf } from '../../src/onnx/tensor.ts';
import { fillNormals, fillUniforms, stream } from '../../src/random.ts';
import { size } from '../../src/shape/size.ts';
import { run } from '../../src/graph/run.ts';
import { load, modelOf } from '../onnx/ort.ts';

/** The gradient by each trained parameter. */
type Gradients = Readonly<Record<string, ArrayLike<number>>>;

type Tensors = Readonly<Record<string, OnnxTensor & { readonly dtype: 'float32' }>>;

/** Values for all inputs and parameters of a graph; biases are not left at zero, so that none of their effects is. */
export const valuesOf = (graph: Graph, count: number, seed = 1): Tensors => {
  const tensor = (shape: readonly number[], data: Float32Array) => ({ dtype: 'float32', shape, data }) as const;
  const inputs = graph.inputs.map(({ name, shape, lead, role, noise }) => {
    const full = lead > 0 ? [count * lead, ...shape] : shape;
    const fill = role === 'noise' && noise === 'normal' ? fillNormals : fillUniforms;
    return [name, tensor(full, fill(new Float32Array(size(full)), stream(seed, name), size(shape)))] as const;
  });
  const params = graph.params.map(({ name, shape, init }) => {
    const key = stream(seed, 'init', name);
    const drawn = shape.length < 2 ? fillUniforms(new Float32Array(size(shape)), key, size(shape)) : [];
    return [
      name,
      tensor(
        shape,
        init(shape, key).map((x, i) => x + 0.5 * (drawn[i] ?? 0)),
      ),
    ] as const;
  });
  return Object.fromEntries([...inputs, ...params]);
};

const trained = (graph: Graph): string[] => graph.params.filter((p) => p.trainable).map((p) => p.name);

/** The gradient of `loss` by each trained parameter, as TensorFlow.js has it. */
export const byTfjs = (tf: Tf, graph: Graph, values: Tensors): Gradients => {
  const gradients: Record<string, Float32Array> = {};
  // Not the tidy's result: it would look for tensors in every element of it.
  tf.tidy(() => {
    const tensor = (name: string): tfjs.Tensor => {
      const value = values[name];
      if (!value) throw new Error(`no ${name}`);
      return tf.tensor(value.data, [...value.shape], 'float32');
    };
    const names = trained(graph);
    const inputs = Object.fromEntries(graph.inputs.map(({ name }) => [name, tensor(name)]));
    const grads = tf.grads((...given: tfjs.Tensor[]) => {
      const params = new Map(graph.params.map(({ name }) => [name, tensor(name)]));
      names.forEach((name, i) => params.set(name, given[i] ?? tensor(name)));
      const { loss } = run(tf, graph, inputs, params).outputs;
      if (!loss) throw new Error('no loss');
      return loss;
    })(names.map(tensor));
    for (const [i, name] of names.entries()) gradients[name] = Float32Array.from(grads[i]?.dataSync() ?? []);
  });
  return gradients;
};

const gradientGraph = (graph: Graph): OnnxGraph => {
  const whole = differentiate(lower(graph, 'inputs'), { of: 'loss', by: trained(graph) });
  checkGraph(whole, OPSET);
  return whole;
};

/** The same from our own gradient graph, computed by onnxruntime. */
export const byOnnx = async (graph: Graph, values: Tensors): Promise<Gradients> => {
  const session = await load(modelOf(gradientGraph(graph)));
  try {
    const feeds = session.inputNames.map((name) => {
      const value = values[name];
      if (!value) throw new Error(`no ${name}`);
      return [name, new Tensor('float32', value.data, value.shape)] as const;
    });
    const results = await session.run(Object.fromEntries(feeds));
    return Object.fromEntries(
      trained(graph).map((name) => {
        const data = results[`gradient/${name}`]?.data;
        return [name, data instanceof Float32Array ? data : new Float32Array()];
      }),
    );
  } finally {
    await session.release();
  }
};

/** The same without rounding errors: from our own gradient graph, in float64. */
export const exactly = (graph: Graph, values: Tensors): Gradients => {
  const results = evaluate(gradientGraph(graph), values);
  return Object.fromEntries(
    trained(graph).map((name) => {
      const gradient = results[`gradient/${name}`];
      return [name, gradient ? numbersOf(gradient) : new Float64Array()];
    }),
  );
};

/** ‖a − b‖ and ‖b‖ for each parameter, and the norm of all of b together. */
export const differences = (a: Gradients, b: Gradients) => {
  const all = Object.entries(b).map(([name, own]) => {
    const other = a[name] ?? [];
    return { name, norm: norm(own), apart: norm(Array.from(own, (value, i) => value - (other[i] ?? NaN))) };
  });
  const whole = norm(all.map((one) => one.norm));
  return all.map((one) => ({ ...one, whole }));
};

const norm = (x: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += (x[i] ?? NaN) ** 2;
  return Math.sqrt(sum);
};
