import { describe, expect, it } from 'vitest';
import { readExample } from '../../src/compiler/read-example.ts';
import { InvalidFile } from '../../src/errors.ts';

const file = { file: 'decoder.onnx', bytes: 1, sha256: '', inputs: { z: [2] }, outputs: { y: [2, 1] }, unused: [] };

describe('the example that a file carries', () => {
  it('is numbers for each input and output that it has; what is not finite is no number', () => {
    const text = JSON.stringify({ inputs: { z: [1, 2] }, outputs: { y: [NaN, 4] }, digits: 6 });
    expect(readExample(text, file)).toEqual({ inputs: { z: [1, 2] }, outputs: { y: [NaN, 4] } });
  });

  it.each([
    ['not JSON', '{"inputs":', 'expected an example in its metadata, got other text'],
    ['nothing', 'null', 'expected an example in its metadata, got other text'],
    ['no inputs', '{"outputs":{"y":[1,2]}}', 'expected an example with 2 numbers of z in its metadata, got others'],
    ['too few', '{"inputs":{"z":[1]},"outputs":{"y":[1,2]}}', 'expected an example with 2 numbers of z'],
    ['words', '{"inputs":{"z":[1,2]},"outputs":{"y":[1,"2"]}}', 'expected an example with 2 numbers of y'],
    ['a list', '{"inputs":[1,2],"outputs":{"y":[1,2]}}', 'expected an example with 2 numbers of z'],
  ])('is refused in a sentence: %s', (_, text, sentence) => {
    expect(() => readExample(text, file)).toThrow(InvalidFile);
    expect(() => readExample(text, file)).toThrow(`decoder.onnx: ${sentence}`);
    expect(() => readExample(text, file)).toThrow('; export the model again');
  });
});
