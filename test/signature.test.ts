import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidFile } from '../src/errors.ts';
import { parseLabel, parseManifest } from '../src/formats/manifest.ts';
import { NEWEST, type Label, type Manifest } from '../src/signature.ts';
import { manifest } from './runtime/digits-manifest.ts';

const parse = (json: unknown) => parseManifest(JSON.stringify(json), 'out/model.json');
/** The manifest with one member, at a dotted path, replaced or (with undefined) removed. */
const changed = (path: string, value: unknown): unknown => {
  const copy = JSON.parse(JSON.stringify(manifest));
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  keys.reduce((object, key) => object[key], copy)[last] = value;
  return copy;
};

describe('a manifest', () => {
  it('is read as it was written', () => {
    expect(parse(manifest)).toEqual(manifest);
  });

  it('may say everything that a signature can', () => {
    const full: Manifest = {
      ...manifest,
      conditions: {
        kind: { kind: 'categorical', shape: [2], dataShape: [], classes: ['cat', 'dog'] },
        size: {
          kind: 'continuous',
          shape: [3],
          dataShape: [3],
          scaling: { mean: [0, 1, -2.5], deviation: [1, 0.5, 2] },
        },
        x: { kind: 'image', shape: [8, 8, 3], dataShape: [8, 8, 3] },
      },
      target: {
        distribution: 'categorical',
        shape: [8, 8, 4],
        dataShape: [8, 8],
        classes: ['sky', 'sea', 'sand', 'sun'],
        image: [8, 8, 1],
        sigma: [1, 2],
        mask: 'x',
        scaling: { mean: [0], deviation: [1] },
      },
      files: {
        sampler: {
          file: 'sampler.onnx',
          bytes: 1,
          sha256: '0'.repeat(64),
          inputs: { noise: [20], kind: [2], x: [8, 8, 3] },
          outputs: { y: [8, 8, 4] },
          unused: ['size'],
        },
        decoder: {
          file: 'decoder.onnx',
          bytes: 1,
          sha256: '0'.repeat(64),
          inputs: { z: [20], kind: [2], size: [3], x: [8, 8, 3] },
          outputs: { y: [8, 8, 4], logVar: [8, 8, 4] },
          unused: [],
        },
      },
    };
    expect(parse(full)).toEqual(full);
  });

  it('of a predictor has one file and no latent', () => {
    const { decoder } = manifest.files;
    const predictor = { ...decoder, file: 'predictor.onnx', inputs: { digit: [10] } };
    const model = { ...manifest, kind: 'predictor', latent: 0, files: { predictor } };
    expect(parse(model)).toEqual(model);
    expect(() => parse({ ...model, files: manifest.files })).toThrow('files.decoder');
    expect(() => parse({ ...model, files: {} })).toThrow('expected a file predictor among files, got none');
    expect(() => parse({ ...model, latent: 2 })).toThrow('expected a latent of 0, got 2');
  });

  it('may hold what later versions of the format add', () => {
    const later = { ...manifest, novelty: 1, files: { ...manifest.files, encoder: { anything: true } } };
    expect(parse(later)).toEqual(manifest);
  });

  it('from the future says so', () => {
    expect(() => parse({ format: NEWEST + 1, everything: 'else' })).toThrow(
      new InvalidFile(
        'out/model.json: expected format 2, the newest that this version reads, got 3, a version from the future; ' +
          'update cvae-compile',
      ),
    );
  });

  it.each<[string, unknown, string]>([
    ['format', undefined, 'a model of format 1, got format nothing'],
    ['format', 0, 'a model of format 1, got format 0'],
    ['name', 3, 'name to be text, got 3'],
    ['kind', 'gan', 'kind to be cvae or predictor, got "gan"'],
    ['latent', 0, 'a latent of at least 1, got 0'],
    ['latent', 1.5, 'latent to be a whole number, got 1.5'],
    ['latent', 3, 'files.decoder.inputs.z to be [3], got [20]'],
    ['conditions', [], 'conditions to be an object, got []'],
    ['conditions.digit.kind', 'class', 'conditions.digit.kind to be categorical or continuous or image, got "class"'],
    ['conditions.digit.shape', [-1], 'conditions.digit.shape to be a list of whole numbers, got [-1]'],
    ['conditions.digit.classes', ['a', 1], 'conditions.digit.classes to be a list of texts, got ["a",1]'],
    ['conditions.digit.scaling', { mean: [null], deviation: [] }, 'scaling.mean to be a list of numbers, got [null]'],
    ['target', undefined, 'target to be an object, got nothing'],
    ['target.distribution', 'rayleigh', 'target.distribution to be bernoulli or normal'],
    ['target.image', [28, 28], 'target.image to be [height, width, channels], got [28,28]'],
    ['target.image', [28, 27, 1], 'of 784 elements, got [28,27,1]'],
    ['target.sigma', 'big', 'target.sigma to be a list of numbers, got "big"'],
    ['files', undefined, 'files to be an object'],
    ['files.decoder', undefined, 'a file decoder among files, got prior, baseline'],
    ['files.decoder.file', '../decoder.onnx', 'the name of a file in the same folder, got "../decoder.onnx"'],
    ['files.decoder.file', '..', 'the name of a file in the same folder'],
    ['files.decoder.file', '', 'the name of a file in the same folder'],
    ['files.decoder.bytes', -1, 'files.decoder.bytes to be a whole number, got -1'],
    ['files.decoder.sha256', 'abc', 'files.decoder.sha256 to be 64 hexadecimal digits, got "abc"'],
    ['files.decoder.inputs.digit', undefined, 'files.decoder.inputs.digit to be [10], got nothing'],
    ['files.decoder.inputs.digits', [10], 'files.decoder.inputs.digits to be nothing, got [10]'],
    ['files.decoder.outputs', {}, 'files.decoder.outputs.y to be [784], got nothing'],
    ['files.prior.outputs.mean', [19], 'files.prior.outputs.mean to be [20], got [19]'],
    ['files.prior.outputs.logVar', [], 'files.prior.outputs.logVar to be [20], got []'],
    ['files.decoder.outputs.logVar', [20], 'files.decoder.outputs.logVar to be [784], got [20]'],
    ['files.baseline.unused', undefined, 'files.baseline.unused to be a list of texts, got nothing'],
  ])('whose %s is %j is refused in a sentence', (path, value, message) => {
    expect(() => parse(changed(path, value))).toThrow(InvalidFile);
    expect(() => parse(changed(path, value))).toThrow(message);
    expect(() => parse(changed(path, value))).toThrow(
      /^out\/model\.json: expected .+, got .+; export the model again$/,
    );
  });

  it('that is no JSON, or cut off, is refused', () => {
    const text = JSON.stringify(manifest);
    expect(() => parseManifest('', 'm')).toThrow(
      'm: expected JSON that describes an exported model, got an empty file;',
    );
    for (const cut of [1, 100, text.length - 1])
      expect(() => parseManifest(text.slice(0, cut), 'm')).toThrow('got text that is not JSON, or cut off');
    for (const other of ['3', 'null', '"text"', '[]']) expect(() => parseManifest(other, 'm')).toThrow(InvalidFile);
  });

  it('whatever it holds, is read or refused', () => {
    const paths = ['kind', 'conditions.digit', 'target.shape', 'files.decoder', 'files.prior.inputs', 'files.prior'];
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.jsonValue(), (path, value) => {
        try {
          parse(changed(path, value));
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidFile);
        }
      }),
    );
  });
});

describe('a label', () => {
  it('is a signature and what one file computes', () => {
    const { files, ...signature } = manifest;
    const label: Label = { ...signature, part: 'baseline', inputs: {}, outputs: { y: [784] }, unused: ['digit'] };
    expect(parseLabel(JSON.stringify(label), 'baseline.onnx')).toEqual(label);
    expect(files.baseline).toMatchObject({ inputs: label.inputs, unused: label.unused });
    expect(() => parseLabel(JSON.stringify({ ...label, part: 'encoder' }), 'b.onnx')).toThrow(
      'b.onnx: expected part to be decoder or start or step or prior or baseline or sampler or recognition or predictor or draw or evaluation, got "encoder"',
    );
    expect(() => parseLabel(JSON.stringify({ ...label, unused: [] }), 'b.onnx')).toThrow('inputs.digit to be [10]');
  });
});
