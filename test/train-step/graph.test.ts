import { bernoulli, categorical, concat, cvae, dense, gaussian, relu } from 'cvae-compile';
import { describe, expect, it } from 'vitest';
import { optimise } from '../../src/compiler/optimise.ts';
import { trainLoop, trainStep, type TrainStep, type UpdateRule } from '../../src/compiler/train-step.ts';
import { checkGraph } from '../../src/onnx/check.ts';
import { evaluate } from '../../src/onnx/evaluate.ts';
import type { OnnxTensor } from '../../src/onnx/graph.ts';
import { OPSET } from '../../src/onnx/schema.ts';
import { numbersOf, tensorOf } from '../../src/onnx/tensor.ts';
import { adam, clipGraph, optimiserGraph } from '../../src/train/optimiser.ts';
import { inputOf, objectiveOf, weightsOf } from './support.ts';

const model = cvae({
  condition: { kind: categorical(2) },
  target: bernoulli(4),
  latent: 1,
  recognition: ({ y, kind }) => concat(y, kind).pipe(dense(3), relu, gaussian(1)),
  decoder: ({ z, kind }) => concat(z, kind).pipe(dense(3), relu, dense(4)),
});
const objective = objectiveOf(model);
const optimiser = adam();
const rule: UpdateRule = {
  state: optimiser.state,
  scalars: Object.keys(optimiser.scalars(1, 1)),
  update: (shape) => optimiserGraph(optimiser, shape),
};
const names = (infos: readonly { readonly name: string }[]) => infos.map(({ name }) => name);

/** State to begin with, by the names of the step's inputs. */
const begin = ({ state, fixed }: TrainStep): Record<string, OnnxTensor> => {
  const weights = weightsOf(objective);
  return Object.fromEntries(
    [...state, ...fixed].map(({ name, shape }) => {
      const lengths = shape.map(Number);
      const zeros = new Float32Array(lengths.reduce((a, b) => a * b, 1));
      return [name, tensorOf('float32', lengths, weights.get(name)?.data ?? zeros)];
    }),
  );
};

describe('a training step as a graph', () => {
  const step = trainStep(objective, rule);

  it('takes a batch, noise, scalars and state, and gives metrics and the next state', () => {
    expect(names(step.given).sort()).toEqual(['kind', 'noise', 'optimiser/floor', 'optimiser/stepSize', 'y']);
    expect(names(step.metrics).sort()).toEqual(['metrics/kl', 'metrics/loss', 'metrics/reconstruction']);
    const trained = objective.params.map(({ name }) => name);
    expect(names(step.state).sort()).toEqual(
      trained.flatMap((name) => [name, `velocity/${name}`, `squares/${name}`]).sort(),
    );
    expect(
      names(step.graph.outputs)
        .filter((name) => name.startsWith('next/'))
        .sort(),
    ).toEqual(
      names(step.state)
        .map((name) => `next/${name}`)
        .sort(),
    );
  });

  it('is accepted by the checker as all graphs are, before and after the passes', () => {
    for (const made of [step, trainStep(objective, { ...rule, clip: clipGraph(1) })]) {
      checkGraph(made.graph, OPSET);
      const optimised = optimise(made.graph, OPSET);
      checkGraph(optimised, OPSET);
      checkGraph(trainLoop({ ...made, graph: optimised }), OPSET);
      expect(optimised.nodes.length).toBeLessThanOrEqual(made.graph.nodes.length);
    }
  });

  it('computes in a loop what it computes one by one', () => {
    const loop = trainLoop(step);
    const steps = [1, 2, 3].map((i) => inputOf(objective, optimiser, i, 5));
    const shapeOf = (name: string) => step.given.find((info) => info.name === name)?.shape ?? [];
    const value = (name: string, i: number): Float32Array => {
      const input = steps[i];
      if (!input) throw new Error('no such step');
      const scalar = input.scalars[name.replace('optimiser/', '')];
      return input.values[name] ?? Float32Array.of(scalar ?? NaN);
    };
    const dims = (name: string) => shapeOf(name).map((dim) => (typeof dim === 'number' ? dim : 5));
    let state = begin(step);
    const losses: number[] = [];
    for (const i of steps.keys()) {
      const given = names(step.given).map((name) => [name, tensorOf('float32', dims(name), value(name, i))]);
      const results = evaluate(step.graph, { ...state, ...Object.fromEntries(given) });
      losses.push(...numbersOf(results['metrics/loss'] ?? tensorOf('float32', [0], [])));
      state = Object.fromEntries(Object.entries(state).map(([name, old]) => [name, results[`next/${name}`] ?? old]));
    }
    const stacked = names(step.given).map((name) => {
      const data = [...steps.keys()].flatMap((i) => [...value(name, i)]);
      return [name, tensorOf('float32', [3, ...dims(name)], data)];
    });
    const results = evaluate(loop, { ...begin(step), ...Object.fromEntries(stacked) });
    expect([...numbersOf(results['metrics/loss'] ?? tensorOf('float32', [0], []))]).toEqual(losses);
    for (const name of names(step.state)) expect(results[`next/${name}`]).toEqual(state[name]);
  });
});
