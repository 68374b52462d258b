import type * as tfjs from '@tensorflow/tfjs-core';
import type { Graph, StepsAttrs } from '../graph/graph.ts';
import { lowerSteps } from '../graph/lower-steps.ts';
import { exampleOp } from '../graph/lift.ts';
import { each, type Op, type OpContext, type Some } from '../graph/op.ts';
import { forEachRow, repeatedRows, repeatedRowsOnnx } from '../graph/rows.ts';
import { run } from '../graph/run.ts';
import type { OnnxBuilder, Result, Value } from '../onnx/builder.ts';
import type { Dim } from '../onnx/graph.ts';
import type { Shape } from '../shape/shape.ts';
import { size } from '../shape/size.ts';

/** The names of what a step gives: its outputs, and the next state. */
export const namesOf = ({ outputs }: Graph, states: number) => {
  const names = Object.keys(outputs);
  const made = names.length - states;
  return { made: names.slice(0, made), next: names.slice(made) };
};

/** Which of its inputs a step is given slices of: the sequences, and behind all other inputs the noise. */
const sliced = ({ inputs }: Graph, { sequences }: StepsAttrs, i: number): boolean =>
  i < sequences || inputs[i]?.role === 'noise';

/** Repeats sequences and states that are the same for all examples; the others may stay without a batch axis. */
const rowed = (site: OpContext, { sequences, states }: StepsAttrs): OpContext => ({
  ...site,
  leads: each(site.leads, (lead, i) => (i < sequences + states ? lead : site.lead)),
});

/**
 * Runs a graph step by step. Its inputs are sequences, first states and values that are the same at all steps; its result
 * is what the graph gives at each step, flat: [count, …]. In ONNX it is a Scan, whose number of nodes does not depend on
 * the number of steps.
 */
export const stepsOp: Op<StepsAttrs, string> = exampleOp<StepsAttrs, string>({
  name: 'steps',
  shape: () => {
    throw new Error('steps: its shape is that of its node');
  },
  run: (tf, given, attrs, params, site) => {
    const graph = attrs.graph();
    const { made, next } = namesOf(graph, attrs.states);
    const inputs = repeatedRows(tf, given, rowed(site, attrs));
    const slices = inputs.map((x, i) => (sliced(graph, attrs, i) ? tf.unstack(x, 1) : undefined));
    const owned = new Map(Object.entries(params));
    let state: readonly tfjs.Tensor[] = inputs.slice(attrs.sequences, attrs.sequences + attrs.states);
    const results: tfjs.Tensor[] = [];
    for (let t = 0; t < attrs.count; t++) {
      const values = graph.inputs.map(({ name }, i) => {
        const own = slices[i]?.[t] ?? state[i - attrs.sequences] ?? inputs[i];
        if (!own) throw new Error(`steps: no ${name}`);
        return [name, own] as const;
      });
      const { outputs } = run(tf, graph, Object.fromEntries(values), owned);
      const [count = 1] = inputs[0].shape;
      const rows = (name: string, shape: Shape): tfjs.Tensor => {
        const x = outputs[name];
        if (!x) throw new Error(`steps: no ${name}`);
        return x.rank > shape.length ? x : tf.tile(tf.expandDims(x, 0), [count, ...shape.map(() => 1)]);
      };
      const shapes = shapesOf(graph);
      const parts = made.map((name) => tf.reshape(rows(name, shapes(name)), [count, -1]));
      results.push(parts.length === 1 && parts[0] ? parts[0] : tf.concat(parts, 1));
      state = next.map((name) => rows(name, shapes(name)));
    }
    return tf.stack(results, 1);
  },
  lower: (onnx, given, attrs, params, site) => {
    const inputs = repeatedRowsOnnx(onnx, given, rowed(site, attrs));
    return scanned(onnx, inputs, attrs, params, site);
  },
});

/** Returns the shapes of a graph's outputs. */
const shapesOf = (graph: Graph): ((name: string) => Shape) => {
  const known = new Map<number, Shape>(
    [...graph.inputs, ...graph.constants, ...graph.params, ...graph.steps].map(({ id, shape }) => [id, shape]),
  );
  return (name) => known.get(graph.outputs[name] ?? NaN) ?? [];
};

/** Returns whether a graph's output has a batch axis. */
const batched = (graph: Graph): ((name: string) => boolean) => {
  const rows = new Set([...graph.inputs, ...graph.steps].filter(({ lead }) => lead > 0).map(({ id }) => id));
  return (name) => rows.has(graph.outputs[name] ?? NaN);
};

const NONE: Value = { name: '' };

const scanned = (
  onnx: OnnxBuilder,
  inputs: Some<Value>,
  attrs: StepsAttrs,
  params: Readonly<Record<string, Value>>,
  { lead, shapes }: OpContext,
): Value => {
  const graph = attrs.graph();
  const { made, next } = namesOf(graph, attrs.states);
  const [shapeOf, hasRows] = [shapesOf(graph), batched(graph)];
  const rows: Dim = lead === 1 ? 'N' : `${lead}*N`;
  const taken = graph.inputs.map((input, i) => ({ input, i, value: inputs[i] ?? NONE }));
  const isState = (i: number): boolean => i >= attrs.sequences && i < attrs.sequences + attrs.states;
  const states = taken.filter(({ i }) => isState(i));
  const sequences = taken.filter(({ i }) => sliced(graph, attrs, i));
  const inner = [...states, ...sequences];
  const body = onnx.subgraph(
    'step',
    inner.map(({ input: { name, shape } }) => ({ name, dtype: 'float32' as const, shape: [rows, ...shape] })),
    (...given) => {
      const values = new Map<number, Value>(taken.map(({ input, value }) => [input.id, value]));
      inner.forEach(({ input }, i) => values.set(input.id, given[i] ?? NONE));
      for (const { id, name } of graph.params) values.set(id, params[name] ?? NONE);
      lowerSteps(onnx, graph, values, ({ name }) => name.replace(/^.*?\bsteps_\d+\//, ''));
      const [example = NONE] = given;
      const result = (name: string): Value => {
        const value = values.get(graph.outputs[name] ?? NaN) ?? NONE;
        return hasRows(name) ? value : forEachRow(onnx, value, shapeOf(name), example);
      };
      const parts = made.map((name) =>
        shapeOf(name).length === 1 ? result(name) : onnx.Reshape(result(name), [-1, size(shapeOf(name))]),
      );
      const [only = NONE] = parts;
      const all = parts.length === 1 ? only : onnx.Concat(parts, { axis: 1 });
      const width = made.reduce((sum, name) => sum + size(shapeOf(name)), 0);
      return [
        ...next.map((name): Result => ({ value: result(name), dtype: 'float32', shape: [rows, ...shapeOf(name)] })),
        { value: all, dtype: 'float32', shape: [rows, width] },
      ];
    },
  );
  // Time comes first in a Scan.
  const first = sequences.map(({ value, i }) => onnx.Transpose(value, order(shapes[i]?.length ?? 0)));
  const results = onnx.Scan(
    states.map(({ value }) => value),
    first,
    body,
  );
  return onnx.Transpose(results[states.length] ?? NONE, [1, 0, 2]);
};

/** Swaps the batch axis with that of the steps. */
const order = (rank: number): number[] => [1, 0, ...Array.from({ length: rank - 1 }, (_, i) => i + 2)];
