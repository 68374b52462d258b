import { describe, expect, it } from 'vitest';
import { InvalidGraph } from '../../src/errors.ts';
import { check, checkGraph } from '../../src/onnx/check.ts';
import { encode } from '../../src/onnx/encode.ts';
import type { OnnxGraph, OnnxModel, OnnxNode, OnnxTensor } from '../../src/onnx/graph.ts';
import { parseGraph } from '../../src/onnx/parse.ts';
import { OPSET, irVersionOf } from '../../src/onnx/schema.ts';
import type { Broken } from './broken/broken.ts';
import { HELD } from './broken/held.ts';
import { NAMES } from './broken/names.ts';
import { NODES } from './broken/nodes.ts';
import { TYPES } from './broken/types.ts';
import { VERSIONS } from './broken/versions.ts';
import { load, modelOf } from './ort.ts';

const broken = ({ text, opset = OPSET, irVersion }: Broken): OnnxModel => ({
  ...modelOf(parseGraph(text), opset),
  irVersion: irVersion ?? irVersionOf(opset),
});

const refusalOf = (f: () => unknown): string => {
  try {
    f();
  } catch (error) {
    if (error instanceof InvalidGraph) return error.message;
    throw error;
  }
  return 'accepted';
};

describe.each(Object.entries({ names: NAMES, nodes: NODES, types: TYPES, held: HELD, versions: VERSIONS }))(
  'refuses by %s',
  (_, list) => {
    it.each(list.map((one) => [one.of, one] as const))('%s', async (_of, one) => {
      const model = broken(one);
      expect(refusalOf(() => check(model))).toMatch(one.says);
      expect(refusalOf(() => check(model))).toMatch(/^[^;]+: expected [^;]+, got [^;]+; [^;]+$/);
      const session = load(model);
      if (one.ort === 'refuses') await expect(session).rejects.toThrow();
      else await expect(session.then((s) => s.release())).resolves.toBeUndefined();
    });
  },
);

describe('what no text can say', () => {
  const graph = parseGraph('g (float[3] x) => (float[3] y) <float[3] w = {1, 2, 3}> { [a] y = Add (x, w) }');
  const withTensor = (tensor: OnnxTensor): OnnxGraph => ({ ...graph, initializers: new Map([['w', tensor]]) });
  const withNode = (node: Partial<OnnxNode>): OnnxGraph => ({
    ...graph,
    nodes: graph.nodes.map((one) => ({ ...one, ...node })),
  });

  it('accepts the graph that the others are made of', () => {
    expect([...checkGraph(graph, OPSET).keys()]).toEqual(['x', 'w', 'y']);
  });

  it.each<[string, OnnxGraph, RegExp]>([
    [
      'too few elements',
      withTensor({ dtype: 'float32', shape: [3], data: new Float32Array(2) }),
      /^w: expected 3 elements for \[3\], got 2;/,
    ],
    [
      'a negative length',
      withTensor({ dtype: 'float32', shape: [-3], data: new Float32Array(3) }),
      /^w: expected whole, positive lengths, got \[-3\];/,
    ],
    [
      'elements of another type',
      // What plain JavaScript could hand over.
      withTensor({ dtype: 'float32', shape: [3], data: new Float64Array(3) } as unknown as OnnxTensor),
      /^w: expected Float32Array for float32, got Float64Array;/,
    ],
    [
      'a length of an input that is no length',
      { ...graph, inputs: [{ name: 'x', dtype: 'float32', shape: [1.5] }] },
      /^x: expected whole, positive lengths, got \[1.5\];/,
    ],
    [
      'a fraction for an int',
      withNode({ op: 'Softmax', inputs: ['x'], attributes: { axis: 0.5 } }),
      /^a: expected axis to be int, got 0.5;/,
    ],
    [
      'a list for a number',
      withNode({ op: 'Softmax', inputs: ['x'], attributes: { axis: [0] } }),
      /^a: expected axis to be int, got \[0\];/,
    ],
    [
      'an attribute that is not known',
      withNode({ attributes: { axes: 1 } }),
      /^a: expected attributes of Add in use at opset 18, got axes;/,
    ],
  ])('%s', (_, bad, says) => {
    expect(refusalOf(() => checkGraph(bad, OPSET))).toMatch(says);
  });

  it('does not write attributes that an operator does not take, or of another type', () => {
    expect(refusalOf(() => encode(modelOf(withNode({ attributes: { axes: 1 } }))))).toMatch(
      /^a: expected an attribute that Add takes, got axes;/,
    );
    expect(
      refusalOf(() => encode(modelOf(withNode({ op: 'Softmax', inputs: ['x'], attributes: { axis: 0.5 } })))),
    ).toMatch(/^a: expected axis to be int, got 0.5;/);
  });
});

describe('attributes that are built, not read', () => {
  const graph = (op: string, attributes: OnnxNode['attributes'], inputs = ['x']): OnnxGraph => ({
    name: 'g',
    inputs: [{ name: 'x', dtype: 'float32', shape: [2, 3] }],
    outputs: [{ name: 'y', dtype: 'float32', shape: [3, 2] }],
    nodes: [{ name: 'a', op, inputs, outputs: ['y'], attributes }],
    initializers: new Map(),
  });

  it('are lists of whole numbers where they are to be', () => {
    expect(refusalOf(() => checkGraph(graph('Transpose', { perm: [1, 0] }), OPSET))).toBe('accepted');
    for (const perm of [[1, 0.5], [0.5, 0], [1, 2 ** 53], [1, NaN], ['1', '0'], 1, 'x'] as const)
      expect(
        refusalOf(() => checkGraph(graph('Transpose', { perm }), OPSET)),
        `${perm}`,
      ).toMatch(/^a: expected perm to be ints, got/);
  });

  it('give the name of the input that is left out, of many', () => {
    expect(refusalOf(() => checkGraph(graph('Concat', { axis: 0 }, ['x', 'x', '']), OPSET))).toMatch(
      /^a: expected its input inputs, got one that is left out;/,
    );
  });
});
