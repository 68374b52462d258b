import { describe, expect, test } from 'vitest';
import { batchNorm, conv2d, dense, relu, reshape, silu, type Tensor } from '../../src/index.ts';
import { bodyOf } from '../../src/dsl/network.ts';
import { resolve } from '../../src/graph/resolve.ts';
import { lower } from '../../src/compiler/lower.ts';
import { optimise } from '../../src/compiler/optimise.ts';
import { rewriting, type Rule } from '../../src/compiler/rewrite.ts';
import { parseGraph } from '../../src/onnx/parse.ts';
import { OPSET } from '../../src/onnx/schema.ts';
import { stream } from '../../src/random.ts';
import { chosen } from '../support/chosen.ts';

type Layer = (x: Tensor) => Tensor;

/** A network of as many layers as asked for, those given in turn, as lowering writes it. */
const deep = (count: number, shape: readonly number[], layers: readonly Layer[]) => {
  const body = bodyOf('deep', { x: shape }, ({ x }) => {
    let value = x ?? fail();
    for (let i = 0; i < count; i++) value = layers[i % layers.length]?.(value) ?? fail();
    return { y: value };
  });
  const graph = resolve(body, { mode: 'infer' });
  const weights = graph.params.map(
    ({ name, shape: of, init }) => [name, { shape: of, data: init(of, stream(1, name)) }] as const,
  );
  return lower(graph, new Map(weights), { opset: OPSET });
};

const fail = (): never => {
  throw new Error('no x');
};

/** How often rules are tried and apply, for each node of the graph. */
const work = (count: number, shape: readonly number[], layers: readonly Layer[]) => {
  const graph = deep(count, shape, layers);
  const counts = { tried: 0, applied: 0 };
  const after = optimise(graph, OPSET, (event) => counts[event]++);
  const nodes = graph.nodes.length;
  return { tried: counts.tried / nodes, applied: counts.applied / nodes, left: after.nodes.length };
};

// The shapes in the layers' types do not matter here: they are checked when the network is read.
const chain = (...layers: readonly ((x: never) => Tensor)[]): readonly Layer[] =>
  layers.map((layer) => (x) => layer(x as never));

describe('the work of the passes', () => {
  const networks: readonly (readonly [string, readonly number[], readonly Layer[], number])[] = [
    ['dense layers', [4], chain(dense(4), relu), 1000],
    ['convolutions, normalised', [2, 2, 2], chain(conv2d(2), batchNorm, relu), 667],
    ['x · sigmoid(x)', [2, 2, 2], chain(conv2d(2), silu), 1500],
    ['images and vectors in turn', [4], chain(dense(4), relu, reshape(2, 1, 2), conv2d(2), reshape(4)), 1000],
  ];
  test.each(chosen('networks of 1,000 layers', networks, 1))(
    'on %s is as much for each node of 1,000 layers as of 100',
    (_, shape, layers, needed) => {
      const [few, many] = [work(100, shape, layers), work(1000, shape, layers)];
      expect(many.tried).toBeLessThanOrEqual(few.tried * 1.05);
      expect(many.applied).toBeLessThanOrEqual(few.applied * 1.05);
      // And what is left is what must be: no transposes, and no more reshapes than there are layers that do so.
      expect(many.left).toBeLessThanOrEqual(needed + 2);
    },
  );
});

describe('the rewriter', () => {
  const graph = parseGraph(`g (float[N] x) => (float[N] y) {
    [a] a = Relu (x)
    [b] b = Exp (a)
    [c] y = Add (a, b)
  }`);

  test('gives the same graph where no rule applies', () => {
    expect(rewriting(() => undefined)(graph, OPSET)).toBe(graph);
  });

  test('leaves the graph it is given as it is', () => {
    const before = structuredClone(graph);
    const exp: Rule = (node) => (node.op === 'Exp' ? { nodes: [{ ...node, op: 'Tanh' }] } : undefined);
    const after = rewriting(exp)(graph, OPSET);
    expect(after.nodes.map(({ op }) => op)).toEqual(['Relu', 'Tanh', 'Add']);
    expect(graph).toEqual(before);
  });

  test('numbers the names if a rule returns several nodes', () => {
    const twice: Rule = (node, view) => {
      if (node.op !== 'Exp') return undefined;
      const inner = view.fresh('b');
      return {
        nodes: [
          { ...node, op: 'Neg', outputs: [inner] },
          { ...node, op: 'Neg', inputs: [inner] },
        ],
      };
    };
    const after = rewriting(twice)(graph, OPSET);
    expect(after.nodes.map(({ name, inputs, outputs }) => [name, ...inputs, ...outputs])).toEqual([
      ['a', 'x', 'a'],
      ['b', 'a', 'b_2'],
      ['b_2', 'b_2', 'b'],
      ['c', 'a', 'b', 'y'],
    ]);
  });

  test('does not take an output of the graph away', () => {
    const add: Rule = (node) => (node.op === 'Add' ? { values: { y: 'x' } } : undefined);
    expect(rewriting(add)(graph, OPSET)).toBe(graph);
  });

  test('says so where rules undo each other', () => {
    const swap: Rule = (node) =>
      node.op === 'Add' ? { nodes: [{ ...node, inputs: node.inputs.toReversed() }] } : undefined;
    expect(() => rewriting(swap)(graph, OPSET)).toThrow('rules that undo each other');
  });
});
