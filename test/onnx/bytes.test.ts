import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { check } from '../../src/onnx/check.ts';
import { decode } from '../../src/onnx/decode.ts';
import { encode } from '../../src/onnx/encode.ts';
import { evaluate } from '../../src/onnx/evaluate.ts';
import { parse } from '../../src/onnx/parse.ts';
import { print } from '../../src/onnx/print.ts';
import { numbersOf, tensorOf } from '../../src/onnx/tensor.ts';
import { attribute, LOST, model, node, SAME } from './bytes/models.ts';
import { bytes, float, floats, int, text } from './bytes/wire.ts';

const hex = (given: Uint8Array): string => Buffer.from(given).toString('hex');

describe('what was read is written', () => {
  it.each(Object.entries(SAME))('%s', (_, given) => {
    expect(hex(encode(decode(given)))).toBe(hex(given));
    // A copy of the data says as much as the data.
    expect(hex(encode(structuredClone(decode(given))))).toBe(hex(given));
  });

  it('unless it was changed in between', () => {
    const given = decode(SAME["a second domain before ONNX's"] ?? model());
    const again = decode(encode({ ...given, opset: 19, domains: { 'com.example': 5, other: 1 } }));
    expect([again.opset, again.domains]).toEqual([19, { 'com.example': 5, other: 1 }]);
    const named = decode(SAME['names that are empty'] ?? model());
    const [first] = named.graph.nodes;
    if (!first) throw new Error('the case has no node');
    const nodes = [{ ...first, name: 'a', op: 'com.example.Foo' }];
    const changed = { ...named, producer: { name: 'p', version: '1' }, graph: { ...named.graph, name: 'h', nodes } };
    expect(decode(encode(changed))).toMatchObject({
      producer: { name: 'p', version: '1' },
      graph: { name: 'h', nodes: [{ name: 'a', op: 'com.example.Foo' }] },
    });
  });

  it('and nothing is kept of what encode writes itself', () => {
    const text =
      '<ir_version: 8, opset_import: ["": 18, "a.b": 2]> g (float[N, 2] x) => (float[N, 2] y) { [a] y = Relu (x) }';
    expect(decode(encode(parse(text)))).toEqual(parse(text));
    expect(print(parse(text))).toContain('opset_import: ["" : 18, "a.b" : 2]');
    expect(parse(print(parse(text)))).toEqual(parse(text));
  });
});

describe('what would be lost is refused', () => {
  it.each(Object.entries(LOST))('%s', (_, [given, says]) => {
    expect(() => decode(given)).toThrow(`ONNX file: ${says}`);
  });
});

it('an attribute of another type than the operator takes is refused by check, as by onnxruntime', () => {
  const given = decode(
    model({ nodes: [node('Softmax', [attribute('axis', float(2, 0), 1)], { before: text(3, 'a') })] }),
  );
  expect(() => check(given)).toThrow('a: expected axis to be int, got one that is float in the file;');
});

it('elements read as numbers are those that are computed with', () => {
  const given = decode(
    model({
      nodes: [bytes(1, text(1, 'x'), text(1, 'w'), text(2, 'y'), text(3, 'a'), text(4, 'Add'))],
      initializers: [[...int(1, 2), ...int(2, 1), ...bytes(4, floats(0.5, -1)), ...text(8, 'w')]],
    }),
  );
  check(given);
  const { y } = evaluate(given.graph, { x: tensorOf('float32', [2], [1, 1]) });
  expect(y && [...numbersOf(y)]).toEqual([1.5, 0]);
});

const python = process.env['CVAE_PYTHON'] ?? 'python3';

it("of ONNX's own backend models each that is read comes back byte for byte", ({ skip }) => {
  if (spawnSync(python, ['-c', 'import onnx, numpy']).status !== 0) skip(`${python} has no onnx`);
  const script = fileURLToPath(new URL('../../scripts/onnx-conformance.mjs', import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, python], { encoding: 'utf8' });
  const [, all, read, same] =
    /backend models: (\d+), of which (\d+) read and (\d+) written byte for byte/.exec(stdout) ?? [];
  expect(stderr).toBe('');
  expect(same).toBe(read);
  // Of onnx 1.23: 1669 of 2033.
  expect(Number(read) / Number(all)).toBeGreaterThan(0.8);
  expect(status).toBe(0);
}, 180_000);
