import { expect, it } from 'vitest';
import { everywhere } from './realm.ts';

// Graphs whose arrays are of another realm, or whose objects have no prototype.

const MODEL = `(() => {
  const graph = o({
    name: 'g',
    inputs: [{ name: 'x', dtype: 'float32', shape: ['N', 2] }],
    outputs: [{ name: 'y', dtype: 'float32', shape: ['N', 2] }],
    nodes: [
      { name: 'a', op: 'Mul', inputs: ['x', 'w'], outputs: ['t'], attributes: {} },
      { name: 'b', op: 'Cast', inputs: ['c'], outputs: ['d'], attributes: { to: 1 } },
      { name: 'e', op: 'Add', inputs: ['t', 'd'], outputs: ['u'], attributes: {} },
      { name: 'r', op: 'Reshape', inputs: ['u', 's'], outputs: ['y'], attributes: { allowzero: 0 } },
    ],
    initializers: new Map([
      ['w', { dtype: 'float32', shape: [2], data: Float32Array.of(2, 3) }],
      ['s', { dtype: 'int64', shape: [2], data: BigInt64Array.of(-1n, 2n) }],
      ['c', { dtype: 'bool', shape: [2], data: Uint8Array.of(0, 1) }],
    ]),
  });
  return o({ graph, opset: 18, irVersion: 8, metadata: { constructor: 'b' }, producer: { name: 'me', version: '1' } });
})()`;

it('a graph is checked, printed, encoded and computed alike', async () => {
  const text = await everywhere(`(() => {
    const model = ${MODEL};
    const { graph } = model;
    onnx.check(model);
    const bytes = onnx.encode(model);
    const x = o({ dtype: 'float32', shape: [1, 2], data: Float32Array.of(1, 2) });
    return [
      Array.from(bytes),
      onnx.print(model),
      onnx.print(onnx.decode(Uint8Array.from(bytes))),
      onnx.print(onnx.parse(onnx.print(model))),
      [...onnx.infer(graph, 18)],
      onnx.evaluate(graph, o({ x })),
    ];
  })()`);
  expect(JSON.parse(text)[5].y.data).toBe('[object Float64Array] 2 7');
});

it.each([
  [`data: Float64Array.of(2, 3)`, 'w: expected Float32Array for float32, got Float64Array; correct its type'],
  [`data: [2, 3]`, 'w: expected Float32Array for float32, got Array; correct its type'],
  [`data: undefined`, 'w: expected Float32Array for float32, got Undefined; correct its type'],
])('elements of another type are refused in the same words: %s', async (data, sentence) => {
  const text = await everywhere(`(() => {
    const model = ${MODEL};
    model.graph.initializers.set('w', o({ dtype: 'float32', shape: [2], ${data} }));
    return onnx.check(model);
  })()`);
  expect(text).toBe(`InvalidGraph: ${sentence}`);
});

it('an op is tried alike', async () => {
  const text = await everywhere(`testing.testOp(o({
    name: 'twice',
    shape: ([x]) => [...x],
    run: (tf, [x]) => tf.mul(x, 2),
    lower: (onnx, [x]) => onnx.Mul(x, onnx.constant({ dtype: 'float32', shape: [1], data: Float32Array.of(2) })),
  }), [o({ inputs: [[4]], attrs: {} }), o({ inputs: [{ shape: [3], values: [1, 2, 3] }], attrs: {}, name: 'v' })])`);
  expect(text).toMatch(/^\[?\{"engines"/);
});
