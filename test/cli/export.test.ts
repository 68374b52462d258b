import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadWeights, saveWeights } from '../../src/weights/file.ts';
import { cli, SMALL, temporary, type Result } from './support/cli.ts';

const folder = temporary();
const at = (...names: readonly string[]) => join(folder, ...names);
const model = at('model.ts');
const exportTo = (out: string, ...options: readonly string[]): Promise<Result> =>
  cli('export', model, '--weights', at('run'), '--out', out, ...options);

beforeAll(async () => {
  writeFileSync(model, SMALL);
  expect(await cli('train', model, '--out', at('run'), '--epochs', '1')).toMatchObject({ code: 0 });
});

describe('export', () => {
  test('writes the files and says how far they are from what they should give', async () => {
    const { code, out, err } = await exportTo(at('onnx'));
    expect({ code, out }).toEqual({ code: 0, out: '' });
    expect(readdirSync(at('onnx')).sort()).toEqual(['decoder.onnx', 'examples.json', 'model.json', 'prior.onnx']);
    const [, difference = ''] =
      /^verified in onnxruntime-node: largest difference (\S+), from the reference/m.exec(err) ?? [];
    expect(Number(difference)).toBeGreaterThanOrEqual(0);
    expect(Number(difference)).toBeLessThan(1e-5);
  });

  test('compares with the training backend too, where that is installed', async () => {
    const { err } = await exportTo(at('onnx'));
    expect(err).toContain('from the reference and tfjs-node');
  });

  test('--json ends in one line on standard output', async () => {
    const { out } = await exportTo(at('json'), '--json');
    const { files, largest, agreements } = JSON.parse(out);
    expect(Object.keys(files)).toEqual(['decoder', 'prior']);
    expect(largest).toBe(Math.max(...agreements.map(({ difference }: { difference: number }) => difference)));
  });

  test('--sampler writes a file that does everything in one call, verified like the others, which stay the same', async () => {
    const read = (out: string, file: string) => readFileSync(at(out, file));
    await exportTo(at('stepwise'));
    const { code, out } = await exportTo(at('sampler'), '--sampler', '--json');
    expect(code).toBe(0);
    const { files, agreements } = JSON.parse(out);
    expect(Object.keys(files)).toEqual(['decoder', 'prior', 'sampler']);
    expect(files.sampler.inputs).toEqual({ noise: [2], kind: [2] });
    expect(agreements).toContainEqual(expect.objectContaining({ part: 'sampler', output: 'y', with: 'reference' }));
    for (const file of ['decoder.onnx', 'prior.onnx', 'examples.json'])
      expect(read('sampler', file).equals(read('stepwise', file)), file).toBe(true);
    expect(await cli('verify', at('sampler'))).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^sampler\.onnx +y /m),
    });
    const inspected = JSON.parse((await cli('inspect', at('sampler'), '--json')).out);
    expect(inspected.files).toHaveLength(3);
    const drawn = [at('sampler'), at('stepwise')].map((folder) =>
      cli('sample', folder, '--set', 'kind=left', '--seed', '1', '--out', `${folder}.jsonl`),
    );
    for (const { code: ended, err } of await Promise.all(drawn)) expect(ended, err).toBe(0);
    expect(read('.', 'sampler.jsonl').equals(read('.', 'stepwise.jsonl'))).toBe(true);
  });

  test('--evaluation writes a file that computes log p(y|x) of data, verified like the others', async () => {
    const { code, out } = await exportTo(at('evaluation'), '--evaluation', '--json');
    expect(code).toBe(0);
    const { files, agreements } = JSON.parse(out);
    expect(files.evaluation.inputs).toMatchObject({ noise: [10, 2], priorNoise: [10, 2] });
    const outputs = agreements.filter(({ part }: { part: string }) => part === 'evaluation');
    expect(new Set(outputs.map((a: { with: string }) => a.with))).toEqual(new Set(['reference', 'tfjs-node']));
    expect(new Set(outputs.map((a: { output: string }) => a.output))).toEqual(
      new Set(Object.keys(files.evaluation.outputs)),
    );
    const others = await exportTo(at('evaluation'), '--evaluation', '3', '--json');
    expect(JSON.parse(others.out).files.evaluation.inputs.noise).toEqual([3, 2]);
    expect(await exportTo(at('evaluation'), '--evaluation', '0')).toMatchObject({ code: 2 });
  });

  test('gives the same bytes each time, and replaces what was there', async () => {
    await exportTo(at('twice'));
    const read = () => readdirSync(at('twice')).map((name) => readFileSync(at('twice', name), 'base64'));
    const first = read();
    writeFileSync(at('twice', 'notes.txt'), 'mine');
    await exportTo(at('twice'), '--recognition');
    expect(existsSync(at('twice', 'recognition.onnx'))).toBe(true);
    await exportTo(at('twice'));
    expect(existsSync(at('twice', 'recognition.onnx'))).toBe(false);
    expect(readFileSync(at('twice', 'notes.txt'), 'utf8')).toBe('mine');
    expect(read().filter((bytes) => bytes !== Buffer.from('mine').toString('base64'))).toEqual(first);
  });

  test('writes a dozen examples of the data, listed with their hash, or none', async () => {
    const read = (out: string, file: string) => JSON.parse(readFileSync(at(out, file), 'utf8'));
    expect((await exportTo(at('shown'))).err).toMatch(/^examples\.json: 12 examples \(data, test\), [^\n]*$/m);
    const { source, examples } = read('shown', 'examples.json');
    expect({ source, kinds: examples.map(({ conditions }: { conditions: object }) => conditions).slice(0, 2) }).toEqual(
      {
        source: 'data, test',
        kinds: [{ kind: 'left' }, { kind: 'right' }],
      },
    );
    writeFileSync(at('shown', 'examples.json'), '{}');
    expect((await cli('verify', at('shown'))).err).toMatch(/^error: \S*examples\.json: expected a file of /);
    await exportTo(at('shown'), '--no-examples');
    expect(existsSync(at('shown', 'examples.json'))).toBe(false);
    expect(read('shown', 'model.json').examples).toBeUndefined();
  });

  test('has the examples that training kept, also when the data are gone', async () => {
    const broken = at('broken.ts');
    writeFileSync(
      broken,
      SMALL.replace(/export const data = .*/, "export const data = () => Promise.reject(new Error('gone'));"),
    );
    await exportTo(at('with-data'));
    for (const weights of [at('run'), at('run', 'weights.safetensors')]) {
      const { code, err } = await cli('export', broken, '--weights', weights, '--out', at('no-data'));
      expect(code).toBe(0);
      expect(err).toMatch(/^examples\.json: 12 examples \(data, test\), for pages to show; /m);
      expect(readFileSync(at('no-data', 'examples.json'))).toEqual(readFileSync(at('with-data', 'examples.json')));
    }
    writeFileSync(broken, SMALL.replace(/export const data = .*/, ''));
    await cli('export', broken, '--weights', at('run'), '--out', at('undefined-data'));
    expect(readFileSync(at('undefined-data', 'examples.json'))).toEqual(readFileSync(at('with-data', 'examples.json')));
  });

  test.each([
    ['an error', "export const data = () => Promise.reject(new Error('gone'));", /gone/],
    ['something else', "export const data = () => { throw 'gone'; };", /gone/],
    ['a long story', `export const data = () => Promise.reject(new Error('${'long '.repeat(200)}'));`, /long long/],
    ['a file', "export const data = () => csv('/no/such.csv', { target: 'a' });", /no such file/],
  ])('says in a short line why there are no examples where neither has them: %s', async (_, data, why) => {
    const broken = at('broken.ts');
    writeFileSync(broken, `import { csv } from 'cvae-compile/data'; ${SMALL.replace(/export const data = .*/, data)}`);
    copyFileSync(at('run', 'weights.safetensors'), at('elsewhere.safetensors'));
    const { code, err } = await cli('export', broken, '--weights', at('elsewhere.safetensors'), '--out', at('none'));
    expect(code).toBe(0);
    const [line = ''] = /^no examples\.json, as the data cannot be read: [^\n]*$/m.exec(err) ?? [];
    expect(line).toMatch(why);
    expect(line.length).toBeLessThan(240);
    expect(existsSync(at('none', 'decoder.onnx'))).toBe(true);
  });

  test('takes a safetensors file as well as the folder of a run', async () => {
    const weights = at('run', 'weights.safetensors');
    expect(await cli('export', model, '--weights', weights, '--out', at('file'))).toMatchObject({ code: 0 });
  });

  test('with weights in fp16: half as large, with what that costs reported and kept', async () => {
    const { code, err } = await exportTo(at('half'), '--precision', 'float16');
    expect(code).toBe(0);
    const { precision } = JSON.parse(readFileSync(at('half', 'model.json'), 'utf8'));
    expect(Object.keys(precision.losses)).toEqual(['decoder', 'prior']);
    expect(err).toContain(
      `weights in float16: outputs differ from those with float32 by at most ${Math.max(...Object.values<number>(precision.losses)).toExponential(1)} (decoder `,
    );
    expect(await cli('verify', at('half'))).toMatchObject({ code: 0 });
    const refused = await exportTo(at('both'), '--precision', 'fp16', '--training');
    expect(refused).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^error: precision: expected float32 with --training/),
    });
    expect(existsSync(at('both'))).toBe(false);
  });

  test('in another version of the operators', async () => {
    await exportTo(at('opset'), '--opset', '20');
    expect(JSON.parse((await cli('inspect', at('opset'), '--json')).out).opset).toBe(20);
    const { code, err } = await exportTo(at('future'), '--opset', '99');
    expect(code).toBe(1);
    expect(err).toMatch(/^error: [^\n]*opset[^\n]*\n$/);
    expect(existsSync(at('future'))).toBe(false);
  });

  test('leaves nothing if the files do not compute what they should', async () => {
    const { weights, metadata } = await loadWeights(at('run'));
    const bias = weights.get('decoder/dense_1/bias');
    const broken = new Map([...weights, ['decoder/dense_1/bias', { shape: [8], data: new Float32Array(8).fill(NaN) }]]);
    expect(bias?.shape).toEqual([8]);
    await saveWeights(at('broken.safetensors'), broken, metadata);
    mkdirSync(at('kept'));
    writeFileSync(at('kept', 'notes.txt'), 'mine');
    for (const out of [at('broken'), at('kept')]) {
      const { code, err } = await cli('export', model, '--weights', at('broken.safetensors'), '--out', out);
      expect(code).toBe(1);
      expect(err).toMatch(/^error: [^\n]*decoder\.onnx[^\n]*\n$/);
    }
    expect(existsSync(at('broken'))).toBe(false);
    expect(readdirSync(at('kept'))).toEqual(['notes.txt']);
  });
});

describe('verify', () => {
  beforeAll(async () => {
    await exportTo(at('good'));
  });

  test('prints the difference of each output', async () => {
    const { code, out, err } = await cli('verify', at('good'));
    expect(code).toBe(0);
    expect(out).toMatch(/^file +output +difference\ndecoder\.onnx +y +\d\.\de-\d+\nprior\.onnx +mean /);
    expect(err).toMatch(/^verified: largest difference \S+, from the reference\n$/);
  });

  test('as JSON', async () => {
    const { out, err } = await cli('verify', at('good'), '--json');
    const { ok, largest, agreements } = JSON.parse(out);
    expect({ ok, err }).toEqual({ ok: true, err: '' });
    expect(largest).toBeLessThan(1e-5);
    expect(agreements).toContainEqual(expect.objectContaining({ part: 'prior', output: 'logVar', with: 'reference' }));
  });

  test('fails for a file that was changed', async () => {
    await exportTo(at('changed'));
    const path = at('changed', 'prior.onnx');
    const bytes = readFileSync(path);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    writeFileSync(path, bytes);
    const { code, out, err } = await cli('verify', at('changed'));
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/^error: .*prior\.onnx: expected a file of SHA-256 [^\n]*\n$/);
  });

  test('fails for a folder that is none', async () => {
    const { code, err } = await cli('verify', at('run'));
    expect(code).toBe(1);
    expect(err).toMatch(/^error: .*run: expected the folder of an exported model, [^\n]*\n$/);
  });
});
