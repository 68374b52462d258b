import { describe, expect, it } from 'vitest';
import { OnnxBuilder } from '../../src/onnx/builder.ts';
import { checkGraph } from '../../src/onnx/check.ts';
import { evaluate } from '../../src/onnx/evaluate.ts';
import type { OnnxGraph } from '../../src/onnx/graph.ts';
import { OPSET } from '../../src/onnx/schema.ts';
import { numbersOf, tensorOf } from '../../src/onnx/tensor.ts';
import { noise } from './ort.ts';

const names = (graph: OnnxGraph): readonly string[] => graph.nodes.map(({ name }) => name);

describe('names', () => {
  it('are those of the scope, numbered from the second on', () => {
    const onnx = new OnnxBuilder('g');
    const x = onnx.input('x', 'float32', ['N']);
    const y = onnx.scope('decoder', () => {
      const first = onnx.scope('dense', () => onnx.Relu(x));
      return onnx.scope('dense_2', () => onnx.Relu(onnx.Relu(onnx.Relu(first))));
    });
    onnx.output('y', onnx.Relu(y), 'float32', ['N']);
    const graph = onnx.graph();
    expect(names(graph)).toEqual([
      'decoder/dense/Relu',
      'decoder/dense_2/Relu',
      'decoder/dense_2/Relu_2',
      'decoder/dense_2/Relu_3',
      'Relu',
    ]);
    expect(graph.nodes.map(({ outputs }) => outputs[0])).toEqual([
      'decoder/dense/Relu:0',
      'decoder/dense_2/Relu:0',
      'decoder/dense_2/Relu_2:0',
      'decoder/dense_2/Relu_3:0',
      'y',
    ]);
  });

  it('stay unique where one is taken already', () => {
    const onnx = new OnnxBuilder('g');
    const x = onnx.input('Relu:0', 'float32', ['N']);
    onnx.output('y', onnx.Neg(onnx.Relu(x)), 'float32', ['N']);
    checkGraph(onnx.graph(), OPSET);
    expect(onnx.graph().nodes[0]?.outputs).toEqual(['Relu:0_2']);
  });

  it('are given once: a second input, output or initializer of one name is refused', () => {
    const onnx = new OnnxBuilder('g');
    const x = onnx.input('x', 'float32', ['N']);
    expect(() => onnx.input('x', 'float32', [])).toThrow(/^x: expected a name of its own, got one that is taken;/);
    expect(() => onnx.initializer('x', noise([1]))).toThrow(/taken/);
    expect(() => onnx.output('x', x, 'float32', ['N'])).toThrow(/taken/);
    const tensor = noise([2]);
    expect(onnx.initializer('w', tensor)).toEqual(onnx.initializer('w', tensor));
    expect(() => onnx.initializer('w', noise([2]))).toThrow(/taken/);
  });
});

describe('constants', () => {
  it('that are small are named by what they are and written once', () => {
    const onnx = new OnnxBuilder('g');
    const same = [onnx.constant(0.5), onnx.constant(0.5), onnx.constant(tensorOf('float32', [], [0.5]))];
    expect(new Set(same.map(({ name }) => name))).toEqual(new Set(['constant/float(0.5)']));
    const unlike = [
      onnx.constant([0.5]),
      onnx.constant(0.5, 'float64'),
      onnx.constant(0),
      onnx.constant(-0),
      onnx.constant(NaN),
      onnx.constant([-1, 784], 'int64'),
      onnx.constant(tensorOf('float32', [1, 1], [0.5])),
      onnx.constant({ dtype: 'int64', shape: [], data: BigInt64Array.of(2n ** 60n) }),
      onnx.constant({ dtype: 'int64', shape: [], data: BigInt64Array.of(2n ** 60n + 1n) }),
      onnx.constant(Array.from({ length: 100 }, () => 1)),
      onnx.constant(Array.from({ length: 100 }, () => 1)),
    ];
    expect(new Set(unlike.map(({ name }) => name)).size).toBe(unlike.length);
    expect([...onnx.graph().initializers].map(([name, { dtype, shape }]) => [name, dtype, shape])).toContainEqual([
      'constant/int64[-1,784]',
      'int64',
      [2],
    ]);
  });

  it('are rounded as float32 rounds them, and the name says to what', () => {
    const onnx = new OnnxBuilder('g');
    const { name } = onnx.constant(0.1);
    expect(onnx.graph().initializers.get(name)?.data[0]).toBe(Math.fround(0.1));
    expect(onnx.constant(Math.fround(0.1)).name).toBe(name);
  });
});

describe('outputs', () => {
  it('take their names, also where a graph within uses them', () => {
    const onnx = new OnnxBuilder('g');
    const x = onnx.input('x', 'float32', [2]);
    const go = onnx.input('go', 'bool', []);
    const y = onnx.Relu(x);
    const held = (name: string) =>
      onnx.subgraph(name, [], () => [{ value: onnx.Neg(y), dtype: 'float32', shape: [2] }]);
    const [z] = onnx.If(go, held('then'), held('otherwise'));
    onnx.output('y', y, 'float32', [2]);
    if (z) onnx.output('z', z, 'float32', [2]);
    const graph = onnx.graph();
    checkGraph(graph, OPSET);
    const inputs = { x: tensorOf('float32', [2], [-1, 2]), go: tensorOf('bool', [], [1]) };
    expect([...numbersOf(evaluate(graph, inputs)['z'] ?? noise([0]))]).toEqual([-0, -2]);
  });

  it('get an Identity where they are an input, a constant or an output already', () => {
    const onnx = new OnnxBuilder('g');
    const x = onnx.input('x', 'float32', [2]);
    const y = onnx.Relu(x);
    onnx.output('a', y, 'float32', [2]);
    onnx.output('b', y, 'float32', [2]);
    onnx.output('c', x, 'float32', [2]);
    onnx.output('d', onnx.constant([1, 2]), 'float32', [2]);
    const graph = onnx.graph();
    checkGraph(graph, OPSET);
    expect(names(graph)).toEqual(['Relu', 'b/Identity', 'c/Identity', 'd/Identity']);
    const results = evaluate(graph, { x: tensorOf('float32', [2], [-1, 2]) });
    expect(Object.values(results).map((tensor) => [...numbersOf(tensor)])).toEqual([
      [0, 2],
      [0, 2],
      [-1, 2],
      [1, 2],
    ]);
  });
});

describe('inline', () => {
  const square = (): OnnxGraph => {
    const onnx = new OnnxBuilder('square');
    const x = onnx.input('x', 'float32', ['N', 2]);
    const w = onnx.initializer('w', tensorOf('float32', [2], [1, 10]));
    onnx.output(
      'y',
      onnx.scope('layer', () => onnx.Mul(onnx.Mul(x, x), w)),
      'float32',
      ['N', 2],
    );
    return onnx.graph();
  };

  it('writes a graph into another, once for each call, its parameters once', () => {
    const inner = square();
    const onnx = new OnnxBuilder('twice');
    const x = onnx.input('x', 'float32', ['N', 2]);
    const first = onnx.inline(inner, { x })['y'];
    const second = onnx.scope('again', () => first && onnx.inline(inner, { x: first })['y']);
    if (second) onnx.output('y', second, 'float32', ['N', 2]);
    const graph = onnx.graph();
    checkGraph(graph, OPSET);
    expect(names(graph)).toEqual(['layer/Mul', 'layer/Mul_2', 'again/layer/Mul', 'again/layer/Mul_2']);
    expect([...graph.initializers.keys()]).toEqual(['w']);
    const result = evaluate(graph, { x: tensorOf('float32', [1, 2], [2, 3]) })['y'];
    expect([...numbersOf(result ?? noise([0]))]).toEqual([16, 10 * 90 * 90]);
  });

  it('keeps apart parameters of one name that are not the same', () => {
    const onnx = new OnnxBuilder('two');
    const x = onnx.input('x', 'float32', ['N', 2]);
    onnx.inline(square(), { x });
    onnx.inline(square(), { x });
    expect([...onnx.graph().initializers.keys()]).toEqual(['w', 'w_2']);
  });

  it('requires a value for each input', () => {
    expect(() => new OnnxBuilder('g').inline(square(), {})).toThrow(
      /^square: expected a value for its input x, got none; give it one$/,
    );
  });
});

describe('operators', () => {
  it('take the axes of a reduction as an input or an attribute, as the opset has it', () => {
    const written = (opset: number) => {
      const onnx = new OnnxBuilder('g', { opset });
      onnx.ReduceMean(onnx.input('x', 'float32', [2, 3]), [1], { keepdims: 0 });
      const [node] = onnx.graph().nodes;
      return [node?.inputs, node?.attributes];
    };
    expect(written(17)).toEqual([['x'], { axes: [1], keepdims: 0 }]);
    expect(written(18)).toEqual([['x', 'constant/int64[1]'], { keepdims: 0 }]);
  });

  it('leave out inputs at the end, and write an empty name for those before', () => {
    const onnx = new OnnxBuilder('g');
    const x = onnx.input('x', 'float32', [2]);
    onnx.Clip(x);
    onnx.Clip(x, 0);
    onnx.Clip(x, undefined, 1);
    expect(onnx.graph().nodes.map(({ inputs }) => inputs)).toEqual([
      ['x'],
      ['x', 'constant/float(0)'],
      ['x', '', 'constant/float(1)'],
    ]);
  });

  it('mark stopGradient on its node', () => {
    const onnx = new OnnxBuilder('g');
    onnx.stopGradient(onnx.input('x', 'float32', [2]));
    expect(onnx.graph().nodes).toEqual([
      {
        name: 'Identity',
        op: 'Identity',
        inputs: ['x'],
        outputs: ['Identity:0'],
        attributes: {},
        flag: 'stopGradient',
      },
    ]);
  });
});
