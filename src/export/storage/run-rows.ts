import { batch } from '../../data/batches.ts';
import type { Examples } from '../../data/dataset.ts';
import type { Model } from '../../dsl/model.ts';
import type { OnnxGraph } from '../../onnx/graph.ts';
import { irVersionOf } from '../../onnx/schema.ts';
import { normals, stream } from '../../random.ts';
import { variablesOf } from '../../train/parameters.ts';
import { LIBRARY } from '../../version.ts';
import type { InferenceEngine, Values } from '../engine.ts';
import { pack } from '../pack.ts';

/** Examples, and which noise they are given. */
export interface Rows {
  readonly model: Model;
  readonly examples: Examples;
  readonly engine: InferenceEngine;
  readonly opset: number;
  /** The draws of z for each example. */
  readonly samples: number;
  /** Whether all examples are given the same noise. */
  readonly isShared: boolean;
  readonly signal?: AbortSignal;
}

/** Runs an evaluation's graph on examples, some at a time, and passes on its outputs and the number of the first example. */
export const runRows = async (
  graph: OnnxGraph,
  { model, examples, engine, opset, samples, isShared, signal }: Rows,
  each: (outputs: Values, from: number) => void,
): Promise<void> => {
  const variables = variablesOf(model);
  const { bytes } = pack('evaluation.onnx', {
    graph,
    opset,
    irVersion: irVersionOf(opset),
    metadata: {},
    producer: LIBRARY,
  });
  const loaded = await engine.load(bytes);
  try {
    for (let from = 0; from < examples.count; from += ROWS) {
      signal?.throwIfAborted();
      const count = Math.min(ROWS, examples.count - from);
      const given = batch(
        examples,
        Int32Array.from({ length: count }, (_, i) => from + i),
        variables,
        { seed: 1 },
      );
      const inputs = graph.inputs.map(({ name, shape }) => {
        const noise = (): Float32Array =>
          isShared
            ? repeated(normals(stream(1, 'gate', name), samples, model.latent), count)
            : normals(stream(1, 'calibrate', name), count * samples, model.latent, from * samples);
        return [name, { data: given[name] ?? noise(), shape: [count, ...shape.slice(1).map(Number)] }] as const;
      });
      each(await loaded.run(Object.fromEntries(inputs)), from);
    }
  } finally {
    await loaded.release();
  }
};

/** The number of examples that run at once. */
export const ROWS = 50;

const repeated = (values: Float32Array, times: number): Float32Array =>
  Float32Array.from({ length: times * values.length }, (_, i) => values[i % values.length] ?? 0);

/** Called with how much of something is done, from 0 to 1. */
export type Telling = (done: number) => void;

/** Tells how much of a part of the work is done. */
export const within =
  (tell: Telling | undefined, from: number, to: number): Telling =>
  (done) =>
    tell?.(from + (to - from) * done);
