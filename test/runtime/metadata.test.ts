import * as fc from 'fast-check';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InvalidFile } from '../../src/errors.ts';
import { OnnxBuilder } from '../../src/onnx/builder.ts';
import { encode } from '../../src/onnx/encode.ts';
import { readLabel } from '../../src/runtime/label.ts';
import { readMetadata, withMetadata, withoutMetadata } from '../../src/runtime/metadata.ts';
import { pixels } from './models.ts';
import { writeModel } from './write-model.ts';

const identity = (): OnnxBuilder => {
  const onnx = new OnnxBuilder('identity');
  onnx.output('y', onnx.Identity(onnx.input('x', 'float32', ['N', 2])), 'float32', ['N', 2]);
  return onnx;
};
const encoded = (metadata: Record<string, string>): Uint8Array =>
  encode({
    graph: identity().graph(),
    opset: 18,
    irVersion: 8,
    metadata,
    producer: { name: 'test', version: '1' },
    doc: 'a text',
  });

describe('the metadata of an ONNX file', () => {
  it('are what was encoded, any text', () => {
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(fc.dictionary(text, text, { noNullPrototype: true, maxKeys: 5 }), (metadata) => {
        expect(readMetadata(encoded(metadata), 'f')).toEqual(new Map(Object.entries(metadata)));
      }),
    );
  });

  it('can be taken out, and others added, as if they had been encoded so', () => {
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(fc.dictionary(text, text, { noNullPrototype: true, maxKeys: 5 }), text, text, (rest, key, value) => {
        const name = `${key}!`;
        const { [name]: _, ...others } = rest;
        const more = Uint8Array.from(encoded({ ...others, [name]: value }));
        const fewer = Uint8Array.from(encoded(others));
        expect(withMetadata(fewer, name, value)).toEqual(more);
        expect(withoutMetadata(more, name, 'f')).toEqual(fewer);
        expect(withoutMetadata(fewer, name, 'f')).toEqual(fewer);
      }),
    );
    const long = 'x'.repeat(20_000);
    expect(withMetadata(encoded({}), 'long', long)).toEqual(Uint8Array.from(encoded({ long })));
  });

  it('of a file that is cut, or no ONNX, are refused or are those before the cut', () => {
    const bytes = encoded({ a: '1', b: '2' });
    fc.assert(
      fc.property(
        fc.nat(bytes.length - 1),
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255))),
        (length, changes) => {
          const changed = Uint8Array.from(bytes);
          for (const [at, value] of changes) changed[at] = value;
          for (const part of [bytes.subarray(0, length), changed])
            try {
              readMetadata(part, 'cut.onnx');
            } catch (error) {
              expect(error).toBeInstanceOf(InvalidFile);
              expect(String(error)).toMatch(/cut\.onnx: expected an ONNX file, got .+; export the model again/);
            }
        },
      ),
    );
    expect(() => readMetadata(bytes.subarray(0, -1), 'f')).toThrow('got a truncated one');
    expect(() => readMetadata(new TextEncoder().encode('<!doctype html>'), 'f')).toThrow(InvalidFile);
  });
});

describe('a label', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cvae-label-'));
    await writeModel(folder, pixels);
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('is what one file says of itself', async () => {
    const label = readLabel(await readFile(join(folder, 'prior.onnx')), 'prior.onnx');
    expect(label).toMatchObject({ ...pixels.signature, part: 'prior', inputs: { digit: [3] }, unused: ['size'] });
  });

  it('is missing in files of others', () => {
    expect(() => readLabel(encoded({ author: 'somebody' }), 'theirs.onnx')).toThrow(
      'theirs.onnx: expected an ONNX file of cvae-compile, got one without cvae.label in its metadata; export a model',
    );
  });
});
