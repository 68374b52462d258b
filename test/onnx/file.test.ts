import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidFile, InvalidGraph } from '../../src/errors.ts';
import { OnnxBuilder } from '../../src/onnx/builder.ts';
import { decode } from '../../src/onnx/decode.ts';
import { encode, encodeExternal } from '../../src/onnx/encode.ts';
import { evaluate } from '../../src/onnx/evaluate.ts';
import type { OnnxModel, OnnxTensor } from '../../src/onnx/graph.ts';
import { parse } from '../../src/onnx/parse.ts';
import { tensorOf } from '../../src/onnx/tensor.ts';
import { modelOf, noise, runOrt } from './ort.ts';

const network = (kernel = noise([20, 30])): OnnxModel => {
  const onnx = new OnnxBuilder('network');
  const x = onnx.input('x', 'float32', ['N', 20]);
  const w = onnx.initializer('dense/kernel', kernel);
  const b = onnx.initializer('dense/bias', noise([30], 2));
  onnx.output('y', onnx.Elu(onnx.Gemm(x, w, b), { alpha: 0.3 }), 'float32', ['N', 30]);
  return { ...modelOf(onnx.graph()), metadata: { b: '2', a: '1', ['__proto__']: 'x' }, doc: 'A network.' };
};

describe('encode', () => {
  it('gives the same bytes for the same model', () => {
    expect(encode(network())).toEqual(encode(network()));
  });

  it('is read back by decode, attributes of float32 as the short numbers they were written as', () => {
    expect(decode(encode(network()))).toEqual(network());
  });

  it('writes every type of element, also where an array is part of a larger one', async () => {
    const tensors: readonly OnnxTensor[] = [
      tensorOf('float16', [3], [1, -2.5, 65504]),
      tensorOf('float64', [2, 1], [1, 1e-300]),
      tensorOf('int8', [2], [-128, 127]),
      tensorOf('int32', [], [-(2 ** 31)]),
      { dtype: 'int64', shape: [2], data: BigInt64Array.of(-(2n ** 63n), 2n ** 53n + 1n) },
      tensorOf('uint8', [1], [255]),
      tensorOf('bool', [2], [0, 1]),
      tensorOf('float32', [0, 3], []),
      { dtype: 'float32', shape: [2], data: new Float32Array(Float32Array.of(9, 1, 2, 9).buffer, 4, 2) },
    ];
    const onnx = new OnnxBuilder('types');
    tensors.forEach((tensor, i) => {
      onnx.output(`y${i}`, onnx.Identity(onnx.initializer(`w${i}`, tensor)), tensor.dtype, tensor.shape);
    });
    const model = modelOf(onnx.graph());
    expect(decode(encode(model)).graph).toEqual(model.graph);
    const results = await runOrt(model, {});
    expect(results['y8']).toEqual({ dims: [2], data: [1, 2] });
    expect(results['y7']).toEqual({ dims: [0, 3], data: [] });
    expect(results['y3']).toEqual({ dims: [], data: [-(2 ** 31)] });
  });

  it('leaves flags out', () => {
    const onnx = new OnnxBuilder('g');
    onnx.output('y', onnx.stopGradient(onnx.input('x', 'float32', [1])), 'float32', [1]);
    expect(decode(encode(modelOf(onnx.graph()))).graph.nodes[0]).not.toHaveProperty('flag');
  });

  it('refuses 2 GiB in one file', () => {
    // Memory that is never touched is never taken.
    const large: OnnxTensor = { dtype: 'float32', shape: [2 ** 20, 200], data: new Float32Array(200 * 2 ** 20) };
    const onnx = new OnnxBuilder('large');
    for (const name of ['a', 'b', 'c']) onnx.initializer(name, large);
    expect(() => encode(modelOf(onnx.graph()))).toThrow(
      new InvalidGraph('large: expected less than 2 GiB in one file, got 2.3 GiB; write its weights as external data'),
    );
  });
});

describe('external data', () => {
  it('lies at multiples of 4096 in one file, and comes back', () => {
    const model = network();
    const { bytes, chunks } = encodeExternal(model, 'weights.bin');
    expect(bytes.length).toBeLessThan(1000);
    expect(chunks.map(({ offset, bytes: part }) => [offset, part.length])).toEqual([[0, 20 * 30 * 4]]);
    const external = (location: string, offset: number, length: number): Uint8Array => {
      expect(location).toBe('weights.bin');
      const chunk = chunks.find((one) => one.offset === offset);
      return chunk?.bytes.subarray(0, length) ?? new Uint8Array();
    };
    expect(decode(bytes, { external })).toEqual(model);
  });

  it('follows on at the next multiple', () => {
    const onnx = new OnnxBuilder('g');
    for (const [name, size] of [
      ['a', 1025],
      ['b', 10],
      ['c', 2000],
    ] as const)
      onnx.initializer(name, noise([size]));
    const { chunks } = encodeExternal(modelOf(onnx.graph()), 'w');
    expect(chunks.map(({ offset }) => offset)).toEqual([0, 8192]);
  });

  it('is not read from anywhere but next to the file', () => {
    for (const location of ['../secret', '/etc/passwd', 'a/b', 'C:\\x', '..', '']) {
      const { bytes } = encodeExternal(network(), location);
      expect(() => decode(bytes, { external: () => new Uint8Array(2400) })).toThrow(
        `ONNX file: expected dense/kernel in a file next to this one, got "${location}"; export it again`,
      );
    }
  });

  it('is asked for where it is not given, and measured where it is', () => {
    const { bytes } = encodeExternal(network(), 'weights.bin');
    expect(() => decode(bytes)).toThrow(
      'ONNX file: expected dense/kernel within the file, got one kept in weights.bin; give that file too',
    );
    expect(() => decode(bytes, { file: 'net.onnx', external: () => new Uint8Array(7) })).toThrow(
      'net.onnx: expected 2400 bytes for dense/kernel, got 7; export it again',
    );
  });
});

describe('decode', () => {
  it.each([
    ['nothing', new Uint8Array()],
    ['a picture', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13)],
    ['text', new TextEncoder().encode('{"format": "ONNX"}')],
    ['the first half', encode(network()).slice(0, 1500)],
    ['graphs within graphs without an end', Uint8Array.from({ length: 100_000 }, () => 0x3a)],
  ])('says of %s that it is not a model', (_, bytes) => {
    expect(() => decode(bytes, { file: 'net.onnx' })).toThrow(InvalidFile);
    expect(() => decode(bytes, { file: 'net.onnx' })).toThrow(
      /^net\.onnx: expected an ONNX model, got [^;]+; export it again$/,
    );
  });

  it('reads any bytes, or says InvalidFile, and takes no more memory than they need', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        try {
          decode(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidFile);
        }
      }),
      { numRuns: 3000, seed: 1 },
    );
  });

  it('reads any damaged file, or says InvalidFile', () => {
    const bytes = encode(network(noise([20, 3])));
    const damage = fc.tuple(fc.nat(bytes.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(damage, { minLength: 1, maxLength: 8 }), fc.nat(bytes.length), (changes, length) => {
        const damaged = bytes.slice(0, length < bytes.length / 2 ? bytes.length : length);
        for (const [at, value] of changes) damaged[at] = value;
        try {
          decode(damaged);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidFile);
        }
      }),
      { numRuns: 3000, seed: 1 },
    );
  });

  it('reports a file cut to any length as incomplete, unless only metadata is missing', () => {
    const bytes = encode(network(noise([20, 3])));
    const kept = [];
    for (let length = 0; length < bytes.length; length++) {
      try {
        decode(bytes.slice(0, length));
        kept.push(length);
      } catch (error) {
        expect(error).toBeInstanceOf(InvalidFile);
      }
    }
    // Between the entries of the metadata, which come last.
    expect(kept).toHaveLength(3);
    expect(Math.min(...kept)).toBeGreaterThan(bytes.length - 40);
  });

  it('names what it cannot read', () => {
    const typed = (dtype: number): Uint8Array => {
      const bytes = encode(
        parse('<ir_version: 8, opset_import: ["": 18]> g (float x) => (float y) { [a] y = Relu (x) }'),
      );
      // The one element type of an input: `1` after its tag.
      const at = bytes.findIndex((byte, i) => byte === 0x08 && bytes[i + 1] === 1 && bytes[i - 1] === 4);
      bytes[at + 1] = dtype;
      return bytes;
    };
    expect(() => decode(typed(8))).toThrow(
      "ONNX file: expected inputs and outputs to be tensors of known rank, got x of ONNX's element type 8; convert the model to types that can",
    );
    expect(decode(typed(11)).graph.inputs[0]?.dtype).toBe('float64');
  });

  it('keeps operators that are not in use, by their domain', () => {
    const text = '<ir_version: 8, opset_import: ["": 18]> g (float x) => (float y) { [a] y = com.example.Foo (x) }';
    expect(() => evaluate(decode(encode(parse(text))).graph, { x: tensorOf('float32', [], [1]) })).toThrow(
      'a: expected an operator in use, got com.example.Foo;',
    );
  });
});

describe('names with any characters', () => {
  it('are reported in one line, which no terminal takes for a command', () => {
    const graph = { name: 'g', inputs: [], outputs: [], nodes: [], initializers: new Map() };
    const node = { name: 'a\n\u001b[2J\u2028b', op: 'No', inputs: [], outputs: ['y'], attributes: {} };
    const named = { ...graph, nodes: [node], outputs: [{ name: 'y', dtype: 'float32' as const, shape: [] }] };
    expect(() => evaluate(named, {})).toThrow(
      new InvalidGraph('a%0A%1B[2J%E2%80%A8b: expected an operator in use, got No; write it with others'),
    );
  });
});
