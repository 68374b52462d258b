import { describe, expect, test } from 'vitest';
import {
  add,
  batchMean,
  batchNorm,
  block,
  concat,
  constant,
  continuous,
  dense,
  dropout,
  group,
  mul,
  network,
  noise,
  parameter,
  relu,
  repeat,
  slice,
  sum,
  tanh,
  zeros,
  type Tensor,
} from '../../src/index.ts';
import type { Graph } from '../../src/graph/graph.ts';
import type { Body } from '../../src/graph/node.ts';
import { resolve } from '../../src/graph/resolve.ts';

const x = continuous(4);
const given = { x };

const infer = ({ '~body': body }: { readonly '~body': Body }, frozen: readonly string[] = []): Graph =>
  resolve(body, { mode: 'infer', frozen: new Set(frozen) });
const train = ({ '~body': body }: { readonly '~body': Body }, frozen: readonly string[] = []): Graph =>
  resolve(body, { mode: 'train', frozen: new Set(frozen) });

const steps = (graph: Graph): readonly string[] => graph.steps.map((step) => step.name);
const params = (graph: Graph): readonly string[] => graph.params.map((param) => param.name);
const trained = (graph: Graph): readonly string[] => graph.params.filter((p) => p.trainable).map((p) => p.name);

describe('names', () => {
  test('count each kind of layer from 1, and are those of parameters', () => {
    const graph = infer(network('net', given, ({ x }) => x.pipe(dense(3), relu, dense(2), relu)));
    expect(steps(graph)).toEqual(['net/dense_1', 'net/relu_1', 'net/dense_2', 'net/relu_2']);
    expect(params(graph)).toEqual(['net/dense_1/kernel', 'net/dense_1/bias', 'net/dense_2/kernel', 'net/dense_2/bias']);
  });

  test('begin with those of their blocks, which are counted too', () => {
    const residual = (x: Tensor<[4]>) => block('residual', () => add(x, x.pipe(dense(4), relu)));
    const outer = (x: Tensor<[4]>) => block('outer', () => x.pipe(residual, dense(4)));
    const graph = infer(network('net', given, ({ x }) => x.pipe(residual, outer, dense(1))));
    expect(params(graph).filter((name) => name.endsWith('kernel'))).toEqual([
      'net/residual_1/dense_1/kernel',
      'net/outer_1/residual_1/dense_1/kernel',
      'net/outer_1/dense_1/kernel',
      'net/dense_1/kernel',
    ]);
  });

  test('of parameters and of a block that owns one', () => {
    const scale = (x: Tensor<[4]>) => block('scale', (layer) => mul(x, parameter('by', [4], zeros, layer)));
    const graph = infer(network('net', given, ({ x }) => add(scale(x), parameter('shift', [4], zeros))));
    expect(params(graph)).toEqual(['net/scale_1/by', 'net/parameter_1/shift']);
  });

  test('of one network do not move when another is edited', () => {
    const features = (width: number) => network('features', given, ({ x }) => x.pipe(dense(width), relu, dense(3)));
    const names = [5, 6].map((width) => {
      const inner = features(width);
      const extra = width === 6 ? dense(7) : (x: Tensor<[number]>) => x;
      return params(infer(network('net', given, ({ x }) => inner({ x }).pipe(extra, dense(2)))));
    });
    expect(names[0]?.slice(0, 4)).toEqual(names[1]?.slice(0, 4));
    expect(names[0]?.slice(0, 4)).toEqual([
      'features/dense_1/kernel',
      'features/dense_1/bias',
      'features/dense_2/kernel',
      'features/dense_2/bias',
    ]);
  });

  test('are unique, also of steps of a network that is computed twice', () => {
    const inner = network('inner', given, ({ x }) => x.pipe(dense(4), relu));
    const graph = infer(network('net', given, ({ x }) => inner({ x: inner({ x }) })));
    expect(steps(graph)).toEqual(['inner/dense_1', 'inner/relu_1', 'inner#2/dense_1', 'inner#2/relu_1']);
  });
});

describe('a network that is called', () => {
  const inner = network('inner', given, ({ x }) => x.pipe(dense(4), relu));

  test('twice with the same arguments is computed once', () => {
    const graph = infer(network('net', given, ({ x }) => add(inner({ x }), inner({ x }))));
    expect(steps(graph)).toEqual(['inner/dense_1', 'inner/relu_1', 'net/add_1']);
    const [first, second] = graph.steps.at(-1)?.inputs ?? [];
    expect(first).toBe(second);
  });

  test('twice with other arguments is computed twice, with one set of parameters', () => {
    const graph = infer(network('net', given, ({ x }) => add(inner({ x }), inner({ x: tanh(x) }))));
    expect(graph.steps.filter((step) => step.op.name === 'dense')).toHaveLength(2);
    expect(params(graph)).toEqual(['inner/dense_1/kernel', 'inner/dense_1/bias']);
    const [first, second] = graph.steps.filter((step) => step.op.name === 'dense');
    expect(first?.params).toEqual(second?.params);
  });

  test('for one of its outputs computes no other', () => {
    const both = network('both', given, ({ x }) => ({ a: x.pipe(dense(2)), b: x.pipe(dense(3), relu) }));
    const graph = infer(network('net', given, ({ x }) => both({ x }).a));
    expect(steps(graph)).toEqual(['both/dense_1']);
  });

  test('and read twice, of the same content, is one network', () => {
    const again = network('inner', given, ({ x }) => x.pipe(dense(4), relu));
    const graph = infer(network('net', given, ({ x }) => add(inner({ x }), again({ x }))));
    expect(steps(graph)).toEqual(['inner/dense_1', 'inner/relu_1', 'net/add_1']);
    const apart = infer(network('net', given, ({ x }) => add(inner({ x }), again({ x: tanh(x) }))));
    expect(params(apart)).toEqual(['inner/dense_1/kernel', 'inner/dense_1/bias']);
  });

  test.each([
    ['attributes', ({ x }: { x: Tensor<[4]> }) => x.pipe(dense(5), relu, slice(0, 4))],
    ['ops', ({ x }: { x: Tensor<[4]> }) => x.pipe(dense(4), tanh)],
    ['order', ({ x }: { x: Tensor<[4]> }) => x.pipe(relu, dense(4))],
    ['layer names', ({ x }: { x: Tensor<[4]> }) => block('block', () => x.pipe(dense(4), relu))],
    ['constants', ({ x }: { x: Tensor<[4]> }) => mul(x.pipe(dense(4), relu), constant([4], [1, 1, 1, 2]))],
  ])('of the same name, but other %s, is refused', (_, body) => {
    const other = network('inner', given, body);
    const net = network('net', given, ({ x }) => add(inner({ x }), other({ x: tanh(x) })));
    expect(() => infer(net)).toThrow(
      'inner: expected one network of this name, got two different ones; give them different names',
    );
  });

  test('is distinguished from another whose outputs have the same names, exchanged', () => {
    const one = network('pair', given, ({ x }) => ({ a: relu(x), b: tanh(x) }));
    const two = network('pair', given, ({ x }) => {
      const [b, a] = [relu(x), tanh(x)];
      return { b, a };
    });
    const net = network('net', given, ({ x }) => add(one({ x }).a, two({ x }).a));
    expect(() => infer(net)).toThrow('pair: expected one network of this name');
  });
});

describe('modes', () => {
  const net = network('net', given, ({ x }) => x.pipe(dense(4), batchNorm, dropout(0.5), dense(2)));

  test('in training, noise is an input and running statistics are updated by name', () => {
    const graph = train(net);
    expect(graph.inputs.map(({ name, role, noise }) => [name, role, noise])).toEqual([
      ['x', 'batch', undefined],
      ['dropout_1/noise', 'noise', 'uniform'],
    ]);
    expect(Object.keys(graph.updates)).toEqual(['net/batchNorm_1/mean', 'net/batchNorm_1/variance']);
    expect(trained(graph)).not.toContain('net/batchNorm_1/mean');
    expect(trained(graph)).toContain('net/batchNorm_1/gamma');
  });

  test('in use there is neither', () => {
    const graph = infer(net);
    expect(graph.inputs.map((input) => input.name)).toEqual(['x']);
    expect(graph.updates).toEqual({});
    expect(steps(graph).some((name) => name.includes('dropout'))).toBe(false);
  });

  test('both have the same parameters, but for what only one reads', () => {
    expect(new Set(params(train(net)))).toEqual(new Set(params(infer(net))));
  });

  test('noise of a called network is named by it', () => {
    const outer = network('outer', given, ({ x }) =>
      net({ x: net({ x: concat(net({ x }), net({ x })) }).pipe(dense(4)) }),
    );
    const names = train(outer).inputs.map((input) => input.name);
    expect(names).toEqual(['x', 'net/dropout_1/noise', 'net#2/dropout_1/noise', 'net#3/dropout_1/noise']);
  });
});

describe('frozen networks', () => {
  const shared = network('shared', given, ({ x }) => x.pipe(dense(4), batchNorm, relu));
  const guess = network('guess', given, ({ x }) => shared({ x }).pipe(dense(4), batchNorm));
  const own = network('own', given, ({ x }) => x.pipe(dense(4)));
  const net = network('net', given, ({ x }) => add(guess({ x: own({ x }) }), shared({ x: tanh(x) }).pipe(dense(4))));
  const turned = network('net', given, ({ x }) => add(shared({ x: tanh(x) }).pipe(dense(4)), guess({ x: own({ x }) })));

  test.each([
    ['first', net],
    ['last', turned],
  ])('are not trained, nor is what they call, wherever it is called: called %s', (_, body) => {
    const graph = train(body, ['guess']);
    expect(trained(graph).toSorted()).toEqual([
      'net/dense_1/bias',
      'net/dense_1/kernel',
      'own/dense_1/bias',
      'own/dense_1/kernel',
    ]);
  });

  test('are computed as they are in use, and update nothing', () => {
    expect(train(net, ['guess']).updates).toEqual({});
    expect(Object.keys(train(net).updates)).toHaveLength(4);
  });

  test('leave everything to train where nothing is frozen', () => {
    expect(trained(train(net)).filter((name) => name.startsWith('guess'))).not.toEqual([]);
  });
});

describe('leads', () => {
  const lead = (body: (x: Tensor<[4]>) => Tensor): number | undefined => {
    const graph = infer(network('net', given, ({ x }) => ({ out: body(x) })));
    return [...graph.inputs, ...graph.steps].find((value) => value.id === graph.outputs['out'])?.lead;
  };

  test('are that of the inputs, or what repeat, group and batchMean make of it', () => {
    expect(lead((x) => x.pipe(dense(3), relu))).toBe(1);
    expect(lead((x) => x.pipe(repeat(5), dense(3)))).toBe(5);
    expect(lead((x) => x.pipe(repeat(2), repeat(3), dense(3)))).toBe(6);
    expect(lead((x) => x.pipe(repeat(6), group(3)))).toBe(2);
    expect(lead((x) => batchMean(sum(x)))).toBe(0);
    expect(lead((x) => add(x.pipe(repeat(5)), parameter('p', [4], zeros)))).toBe(5);
    expect(lead(() => relu(parameter('p', [4], zeros)))).toBe(0);
    expect(lead((x) => add(noise('ε', 'normal', x.pipe(repeat(7)), [4]), 1))).toBe(7);
  });
});

describe('depth', () => {
  test('of 1,000 layers, and a graph of as many steps', () => {
    const deep = network('deep', given, ({ x }) => {
      let h: Tensor<[4]> = x;
      for (let i = 0; i < 1_000; i++) h = add(h, h.pipe(dense(4), relu));
      return h;
    });
    expect(infer(deep).steps).toHaveLength(3_000);
  });

  test('of 1,000 networks that call one another', () => {
    let inner = network('net_0', given, ({ x }) => relu(x));
    for (let i = 1; i < 1_000; i++) {
      const called = inner;
      inner = network(`net_${i}`, given, ({ x }) => relu(called({ x })));
    }
    expect(infer(inner, ['net_5']).steps).toHaveLength(1_000);
  });

  test('of values that are used twice at every step is no more work', () => {
    const wide = network('wide', given, ({ x }) => {
      let h: Tensor<[4]> = x;
      for (let i = 0; i < 500; i++) h = add(h, h);
      return h;
    });
    expect(infer(wide).steps).toHaveLength(500);
  });
});
