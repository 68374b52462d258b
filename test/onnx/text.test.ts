import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OnnxBuilder } from '../../src/onnx/builder.ts';
import type { OnnxGraph, OnnxModel, OnnxTensor } from '../../src/onnx/graph.ts';
import { parse, parseGraph } from '../../src/onnx/parse.ts';
import { print } from '../../src/onnx/print.ts';
import { tensorOf } from '../../src/onnx/tensor.ts';
import { modelOf } from './ort.ts';

const sample = (): OnnxModel => {
  const onnx = new OnnxBuilder('decoder');
  const z = onnx.input('z', 'float32', ['N', 2]);
  const kernel = onnx.initializer('decoder/dense/kernel', tensorOf('float32', [2, 3], [1, -0.5, 0.1, 1e-7, 3e10, -0]));
  const hidden = onnx.scope('decoder/dense', () => onnx.LeakyRelu(onnx.Gemm(z, kernel), { alpha: 0.2 }));
  const body = onnx.subgraph(
    'body',
    [
      { name: 'i', dtype: 'int64', shape: [] },
      { name: 'go', dtype: 'bool', shape: [] },
      { name: 's', dtype: 'float32', shape: ['N', 3] },
    ],
    (_, go, s) => [
      ...(go ? [{ value: go, dtype: 'bool' as const, shape: [] }] : []),
      ...(s ? [{ value: onnx.stopGradient(s), dtype: 'float32' as const, shape: ['N', 3] }] : []),
    ],
  );
  const [y = z] = onnx.Loop(onnx.constant(3, 'int64'), undefined, [hidden], body);
  onnx.output('y', y, 'float32', ['N', 3]);
  return { ...modelOf(onnx.graph()), metadata: { key: 'a "value"' }, doc: 'Draws.' };
};

const TEXT = `<
  ir_version: 8,
  opset_import: ["" : 18],
  producer_name: "test",
  producer_version: "0",
  doc_string: "Draws.",
  metadata_props: ["key": "a \\"value\\""]
>
decoder (float[N, 2] z) => (float[N, 3] y)
<
  float[2, 3] "decoder/dense/kernel" = {1.0, -0.5, 0.1, 1e-7, 30000000000.0, -0.0},
  int64 "constant/int64(3)" = {3}
>
{
  ["decoder/dense/Gemm"] "decoder/dense/Gemm:0" = Gemm (z, "decoder/dense/kernel")
  ["decoder/dense/LeakyRelu"] "decoder/dense/LeakyRelu:0" = LeakyRelu <alpha = 0.2> ("decoder/dense/Gemm:0")
  [Loop] y = Loop ("constant/int64(3)", "", "decoder/dense/LeakyRelu:0") <body = body (int64 "body/i", bool "body/go", float[N, 3] "body/s") => (bool "body/Identity_2:0", float[N, 3] "body/Identity:0") {
    ["body/Identity"] "body/Identity:0" = Identity ("body/s") # stopGradient
    ["body/Identity_2"] "body/Identity_2:0" = Identity ("body/go")
  }>
}
`;

describe('print', () => {
  it("writes ONNX's text syntax", () => {
    expect(print(sample())).toBe(TEXT);
  });

  it('writes large initializers by type and name only, if asked to', () => {
    const text = print(sample().graph, { most: 4 });
    expect(text).toContain('\n  float[2, 3] "decoder/dense/kernel",\n  int64 "constant/int64(3)" = {3}\n');
    const zeros = parseGraph(text, {
      fill: ({ dtype, shape }) =>
        tensorOf(
          dtype,
          shape.map(Number),
          Array.from({ length: 6 }, () => 0),
        ),
    });
    expect(zeros.initializers.get('decoder/dense/kernel')?.data).toEqual(new Float32Array(6));
    expect(() => parseGraph(text)).toThrow(
      /^decoder: expected elements for decoder\/dense\/kernel, got only its type; print it in full or fill it in$/,
    );
  });
});

describe('parse', () => {
  it('reads what print writes', () => {
    expect(parse(TEXT)).toEqual(sample());
    expect(print(parse(TEXT))).toBe(TEXT);
  });

  it("reads what ONNX's own printer and its users write", () => {
    const model = parse(`
      # A comment.
      < ir_version: 7, opset_import: [ "" : 13, "com.example" : 1 ] >
      agraph (float[N, 128] X, float[128, 10] W, float[10] B) => (float[N, 10] C)
      <float[N, 10] T, float[2] "w 1" = {1, -inf}, float[N, ?, "2*N"] S>
      {
        T = MatMul(X, W)   # another
        S = Add(T, B) <later: int = 1, empty: ints = [], some: floats = [1, 2.5, nan]>
        C = com.example.Soft<mode = "a\\"b", words = ["x", "y"], t = int64[2] {1, 2}>(S, "", "w 1")
      }`);
    expect([model.opset, model.irVersion]).toEqual([13, 7]);
    expect(model.graph.inputs[0]).toEqual({ name: 'X', dtype: 'float32', shape: ['N', 128] });
    expect([...model.graph.initializers]).toEqual([
      ['w 1', { dtype: 'float32', shape: [2], data: Float32Array.of(1, -Infinity) }],
    ]);
    expect(model.graph.nodes).toEqual([
      { name: '', op: 'MatMul', inputs: ['X', 'W'], outputs: ['T'], attributes: {} },
      {
        name: '',
        op: 'Add',
        inputs: ['T', 'B'],
        outputs: ['S'],
        attributes: { later: 1, empty: [], some: [1, 2.5, NaN] },
      },
      {
        name: '',
        op: 'com.example.Soft',
        inputs: ['S', '', 'w 1'],
        outputs: ['C'],
        attributes: {
          mode: 'a"b',
          words: ['x', 'y'],
          t: { dtype: 'int64', shape: [2], data: BigInt64Array.of(1n, 2n) },
        },
      },
    ]);
  });

  it.each([
    ['an unclosed list', 'g (float x) => (float y) {\n y = Relu (x }', 'line 2: expected ), got }; '],
    [
      'a character that begins nothing',
      'g (float x) => (float y) {\n\n y = Relu (§) }',
      'line 3: expected a word, got "§',
    ],
    ['an unclosed string', 'g (float "x) => (float y) { }', 'line 1: expected a word, got "\\"x) =>'],
    [
      'an unknown type',
      'g (float x,\n complex64 y) => () { }',
      'line 2: expected a type, such as float or int64, got complex64; ',
    ],
    [
      'too few elements',
      'g () => () <float[3] w = {1, 2}> { }',
      'line 1: expected 3 elements before this, and not 2, got >; ',
    ],
    [
      'a fraction among whole numbers',
      'g () => () <int64[2] w = {1, 2.5}> { }',
      'line 1: expected a whole number, got 2.5; ',
    ],
    ['an end that comes early', 'g (float x) => (float y) {\n', 'line 2: expected a name, got the end; '],
    ['something after the end', 'g () => () { }\n}', 'line 2: expected the end, got }; '],
    ['a fraction of an axis', 'g (float[1.5] x) => () { }', 'line 1: expected a whole number, got 1.5; '],
  ])('says where it does not understand: %s', (_, text, message) => {
    expect(() => parseGraph(text)).toThrow(message);
  });

  it('reports a model that begins with something else', () => {
    expect(() => parse('g () => () { }')).toThrow('line 1: expected <, got g; ');
    expect(() => parse('<ir_version: 8, colour: 3> g () => () { }')).toThrow('line 1: expected a value of ir_version,');
  });
});

describe('print and parse are inverse', () => {
  const name = fc.string({ minLength: 1 });
  const tensor: fc.Arbitrary<OnnxTensor> = fc.oneof(
    fc.float32Array().map((data): OnnxTensor => ({ dtype: 'float32', shape: [data.length], data })),
    fc.float64Array().map((data): OnnxTensor => ({ dtype: 'float64', shape: [data.length], data })),
    fc.bigInt64Array().map((data): OnnxTensor => ({ dtype: 'int64', shape: [data.length], data })),
    fc.uint16Array().map((data): OnnxTensor => ({ dtype: 'float16', shape: [data.length], data })),
    fc.int8Array().map((data): OnnxTensor => ({ dtype: 'int8', shape: [1, data.length], data })),
    fc.uint8Array({ max: 1 }).map((data): OnnxTensor => ({ dtype: 'bool', shape: [data.length, 1], data })),
  );
  const attribute = fc.oneof(fc.double(), fc.string(), fc.array(fc.double(), { minLength: 1 }), tensor);
  const node = fc.record({
    name,
    op: fc.constantFrom('Foo', 'a.b.Foo'),
    inputs: fc.array(fc.string()),
    outputs: fc.array(name, { minLength: 1 }),
    attributes: fc.dictionary(fc.stringMatching(/^[a-z]\w*$/), attribute, { noNullPrototype: true }),
  });
  const value = fc.record({
    name,
    dtype: fc.constantFrom('float32' as const, 'bool' as const),
    shape: fc.array(fc.oneof(fc.nat(), fc.constantFrom('?', 'N', '4*N+1'))),
  });
  const graph: fc.Arbitrary<OnnxGraph> = fc.record({
    name,
    inputs: fc.array(value),
    outputs: fc.array(value),
    nodes: fc.array(node),
    initializers: fc.dictionary(name, tensor).map((given) => new Map(Object.entries(given))),
  });

  it('for any names, numbers and words', () => {
    fc.assert(
      fc.property(graph, (given) => {
        expect(parseGraph(print(given))).toEqual(given);
      }),
      { numRuns: 300, seed: 1 },
    );
  });
});
