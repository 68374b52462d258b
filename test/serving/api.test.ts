import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { open } from '../../src/runtime/node.ts';
import type { ServedApi } from '../../src/serving/api.ts';
import { exportExample } from '../browser/support/models.ts';
import { ask } from '../site/support/http.ts';
import { infer, serveFolder, tensor, getJson } from './support/served.ts';

const root = mkdtempSync(join(tmpdir(), 'cvae-api-'));
const folders = { digits: '', weather: '', names: '' };
const started: ServedApi[] = [];
const serve = async (...given: Parameters<typeof serveFolder>) => {
  const served = await serveFolder(...given);
  started.push(served);
  return served;
};
let url = '';
beforeAll(async () => {
  for (const name of ['digits', 'weather', 'names'] as const)
    folders[name] = await exportExample(root, name, { sampler: name === 'digits' });
  ({ url } = await serve(folders.digits));
});
afterAll(async () => {
  for (const served of started) await served.end(0);
  rmSync(root, { recursive: true, force: true });
});

const json = (path: string) => getJson(`${url}${path}`);
const int = (name: string, ...data: readonly number[]) => tensor(name, 'INT64', [data.length], data);
const zeros = (length: number) => Array.from({ length }, () => 0);
const one = { inputs: [int('digit', 7), int('seed', 1)] };

describe('the protocol', () => {
  test('says what it is, whether it is ready, and the inputs and outputs of its models', async () => {
    expect(await json('v2')).toMatchObject({
      name: 'cvae-compile',
      extensions: expect.arrayContaining(['binary_tensor_data']),
    });
    expect([await json('v2/health/live'), await json('v2/health/ready')]).toEqual([{ live: true }, { ready: true }]);
    expect(await json('v2/models/digits_decoder/versions/1')).toEqual({
      name: 'digits_decoder',
      versions: ['1'],
      platform: 'onnxruntime_onnx',
      inputs: [
        { name: 'z', datatype: 'FP32', shape: [-1, 20] },
        { name: 'digit', datatype: 'FP32', shape: [-1, 10] },
      ],
      outputs: [{ name: 'y', datatype: 'FP32', shape: [-1, 784] }],
    });
    const { inputs } = await json('v2/models/digits');
    expect(inputs?.map(({ name }) => name)).toEqual(['digit', 'count', 'seed', 'first', 'temperature', 'draw']);
    expect(await json('v2/models/digits/ready')).toEqual({ name: 'digits', ready: true });
  });

  test('a file computes what it computes, and only what is asked of it is sent', async () => {
    const model = await open(folders.digits);
    const { data, z } = await model.sample({ digit: 7 }, { count: 2, seed: 1 });
    await model.close();
    const digit = Array.from({ length: 10 }, (_, i) => Number(i === 7));
    const inputs = [tensor('z', 'FP32', [2, 20], [...z.data]), tensor('digit', 'FP32', [2, 10], [digit, digit])];
    const { outputs } = await infer(url, 'digits_decoder', { inputs, outputs: [{ name: 'y' }] });
    expect(Object.keys(outputs)).toEqual(['y']);
    expect(outputs['y']?.data).toEqual([...data]);
  });

  test('binary data follow the JSON, compressed or not', async () => {
    const expected = (await infer(url, 'digits', one)).outputs['z'];
    const bytes = Buffer.from(BigInt64Array.of(7n, 1n).buffer);
    const head = Buffer.from(
      JSON.stringify({
        id: 'mine',
        inputs: ['digit', 'seed'].map((name) => ({
          name,
          datatype: 'INT64',
          shape: [1],
          parameters: { binary_data_size: 8 },
        })),
        outputs: [{ name: 'z', parameters: { binary_data: true } }, { name: 'seed' }],
      }),
    );
    const body = Buffer.concat([head, bytes]);
    for (const coding of [undefined, 'gzip']) {
      const answer = await fetch(`${url}v2/models/digits/infer`, {
        method: 'POST',
        body: coding ? gzipSync(body) : body,
        headers: { 'Inference-Header-Content-Length': `${head.length}`, ...(coding && { 'Content-Encoding': coding }) },
      });
      const all = Buffer.from(await answer.arrayBuffer());
      const length = Number(answer.headers.get('inference-header-content-length'));
      expect(JSON.parse(all.subarray(0, length).toString())).toEqual({
        model_name: 'digits',
        model_version: '1',
        id: 'mine',
        outputs: [
          { name: 'z', datatype: 'FP32', shape: [1, 20], parameters: { binary_data_size: 80 } },
          { name: 'seed', datatype: 'INT64', shape: [1], data: [1] },
        ],
      });
      const z = new Float32Array(new Uint8Array(all.subarray(length)).buffer);
      expect([...z]).toEqual(expected?.data);
    }
  });

  test.each<readonly [string, string, unknown, number, string]>([
    [
      'text',
      'digits',
      '{',
      400,
      'expected a request in JSON, got other text; send {"inputs": [{"name", "datatype", "shape", "data"}, …]}',
    ],
    [
      'no inputs',
      'digits',
      {},
      400,
      'digit: expected the inputs digit and perhaps count, seed, first, temperature, draw, got none of this name; send it',
    ],
    [
      'an input that there is not',
      'digits',
      { inputs: [int('digit', 1), int('size', 1)] },
      400,
      'size: expected the inputs digit and perhaps count, seed, first, temperature, draw, got another; leave it out',
    ],
    [
      'a class that there is not',
      'digits',
      { inputs: [int('digit', 17)] },
      400,
      'digit: expected a class, 0 to 9, got 17; give one of these',
    ],
    [
      'a seed below 0',
      'digits',
      { inputs: [int('digit', 1), int('seed', -1)] },
      400,
      'seed: expected a whole number from 0 to 9007199254740991, got -1; correct it',
    ],
    [
      'too few elements',
      'digits',
      { inputs: [tensor('digit', 'INT64', [3], [1, 2])] },
      400,
      'digit: expected 3 elements for its shape, got 2; send as many',
    ],
    [
      'elements of another kind',
      'digits',
      { inputs: [tensor('digit', 'INT64', [1], ['x'])] },
      400,
      'digit: expected elements of INT64, got "x"; correct them',
    ],
    [
      'an unknown datatype',
      'digits',
      { inputs: [tensor('digit', 'BF16', [1], [1])] },
      400,
      'digit: expected one of the datatypes BOOL, UINT8, UINT16, UINT32, UINT64, INT8, INT16, INT32, INT64, FP16, FP32, FP64, BYTES, got BF16; send one of these',
    ],
    [
      'another shape',
      'digits_decoder',
      {
        inputs: [tensor('z', 'FP32', [1, 19], zeros(19)), tensor('digit', 'FP32', [1, 10], zeros(10))],
      },
      400,
      'z: expected [N, 20], got [1, 19]; send rows of this shape',
    ],
    [
      'another datatype',
      'digits_decoder',
      { inputs: [int('z', 1), int('digit', 1)] },
      400,
      'z: expected FP32, got INT64; send numbers of 32 bits',
    ],
    [
      'an output that there is not',
      'digits',
      { ...one, outputs: [{ name: 'x' }] },
      400,
      'x: expected one of the outputs y, z, seed, got another; correct it',
    ],
    [
      'a model that there is not',
      'letters',
      one,
      404,
      'letters: expected one of the models digits, digits_decoder, digits_sampler, got another; ask for one of these',
    ],
    [
      'another version',
      'digits/versions/2',
      one,
      404,
      'digits: expected version 1, the only one, got 2; leave the version out',
    ],
    [
      'classification',
      'digits',
      { ...one, outputs: [{ name: 'y', parameters: { classification: 3 } }] },
      400,
      'y: expected a request for its numbers, got one for their classification; leave that out',
    ],
    [
      'a sequence',
      'digits',
      { ...one, parameters: { sequence_id: 4 } },
      400,
      'sequence_id: expected none, since no model here has a state, got one; leave it out',
    ],
    [
      'more than fits',
      'digits',
      { inputs: [int('digit', 7), int('count', 100_000)] },
      413,
      'expected an answer of at most 16777216 numbers, got a request for 100000 rows of 804; ask for at most 20867 at a time',
    ],
  ])('refuses %s with one sentence', async (_, model, request, status, error) => {
    expect(await infer(url, model, request)).toEqual({ status, error, retry: null, outputs: {} });
  });

  test('refuses another method, another address, and another host', async () => {
    expect(await ask(url, '/v2/models/digits/infer')).toMatchObject({ status: 405, headers: { allow: 'POST' } });
    expect(await ask(url, '/v3')).toMatchObject({ status: 404 });
    const { status, body } = await ask(url, '/v2', { headers: { Host: 'example.org' } });
    expect({ status, ...JSON.parse(body.toString()) }).toEqual({
      status: 421,
      error: 'example.org is not the name of this server; open it as localhost',
    });
  });
});

describe('all of a model as one', () => {
  test('draws the samples that the runtime draws', async () => {
    const model = await open(folders.digits);
    const expected = await model.sample(
      { digit: [7, 3] },
      { count: 3, seed: 5, first: 2, temperature: 0.5, draw: true },
    );
    await model.close();
    const inputs = [
      int('digit', 7, 3),
      int('count', 3),
      int('seed', 5),
      int('first', 2),
      tensor('temperature', 'FP32', [1], [0.5]),
      tensor('draw', 'BOOL', [1], [true]),
    ];
    const { outputs } = await infer(url, 'digits', { inputs });
    expect(outputs).toEqual({
      y: { datatype: 'FP32', shape: [6, 784], data: [...expected.data] },
      z: { datatype: 'FP32', shape: [6, 20], data: [...expected.z.data] },
      seed: { datatype: 'INT64', shape: [1], data: [5] },
    });
    // A blend of classes has their weights.
    const blend = tensor('digit', 'FP32', [1, 10], [0.5, 0.5, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(await infer(url, 'digits', { inputs: [blend] })).toMatchObject({ status: 200 });
  });

  test('gives several targets under their names, with what else they have', async () => {
    const served = await serve(folders.weather, { port: 0 });
    const model = await open(folders.weather);
    const { conditions, target } = model.signature;
    const about = await getJson(`${served.url}v2/models/weather`);
    const given = Object.entries(conditions).map(([name, { kind, shape, dataShape, classes }]) => {
      const names = typeof classes === 'object' ? classes : undefined;
      const length = dataShape.reduce((a, b) => a * b, 1);
      if (kind === 'categorical') return tensor(name, names ? 'BYTES' : 'INT64', [1, ...dataShape], [names?.[0] ?? 0]);
      return tensor(name, 'FP32', [1, ...shape], zeros(length));
    });
    const { outputs, error } = await infer(served.url, 'weather', { inputs: [...given, int('seed', 1)] });
    expect(error).toBeUndefined();
    expect(Object.keys(outputs)).toEqual(about.outputs?.map(({ name }) => name));
    const values = Object.fromEntries(given.map(({ name, data }) => [name, data?.length === 1 ? data[0] : data]));
    const expected: Readonly<Record<string, { readonly data: Float32Array }>> = Object(
      await model.sample(values, { seed: 1 }),
    );
    for (const name of Object.keys(target.targets ?? {}))
      expect(outputs[name]?.data).toEqual([...(expected[name]?.data ?? [])]);
    for (const { name, shape } of about.outputs ?? []) expect(outputs[name]?.shape.slice(1)).toEqual(shape.slice(1));
    await model.close();
  });

  test('writes what is written step by step, and takes names of classes', async () => {
    const served = await serve(folders.names, { port: 0 });
    const model = await open(folders.names);
    const [[name, condition] = ['']] = Object.entries(model.signature.conditions);
    const [first = ''] = Array.isArray(condition?.classes) ? condition.classes : [];
    const inputs = [tensor(name, 'BYTES', [1], [first]), int('seed', 3), tensor('draw', 'BOOL', [1], [true])];
    const { outputs } = await infer(served.url, 'names', { inputs });
    const { data } = await model.sample({ [name]: first }, { seed: 3, draw: true });
    expect(outputs['y']?.data).toEqual([...data]);
    await model.close();
  });
});

describe('under load', () => {
  test('rows of several requests run together, and each gets its own', async () => {
    const served = await serve(folders.digits, { port: 0 }, () => new Promise((resolve) => setTimeout(resolve, 30)));
    const wanted = Array.from({ length: 20 }, (_, i) => ({ inputs: [int('digit', i % 10), int('seed', i)] }));
    const found = await Promise.all(wanted.map((request) => infer(served.url, 'digits', request)));
    for (const [i, { outputs }] of found.entries()) {
      const alone = await infer(url, 'digits', wanted[i]);
      expect(outputs['z']).toEqual(alone.outputs['z']);
      // A product of more rows may be summed in another order.
      const [together = [], own = []] = [outputs['y']?.data, alone.outputs['y']?.data];
      expect(Math.max(...together.map((value, at) => Math.abs(value - (own[at] ?? NaN))))).toBeLessThan(1e-6);
    }
    const metrics = await (await fetch(`${served.url}metrics`)).text();
    const counted = (name: string) => Number(new RegExp(`^${name}\\{.*\\} (\\d+)$`, 'm').exec(metrics)?.[1]);
    expect(counted('cvae_call_requests_sum')).toBe(20);
    expect(counted('cvae_call_rows_sum')).toBe(20);
    expect(counted('cvae_call_requests_count')).toBeLessThan(10);
    expect(counted('cvae_requests_total')).toBe(20);
    expect(metrics).toMatch(/^process_cpu_seconds_total /m);
  });

  test('takes on no more than it is allowed, and says when to try again', async () => {
    const limits = { port: 0, requests: 2, bytes: 20_000, time: 400 };
    const never = new Promise<void>(() => undefined);
    const served = await serve(folders.digits, limits, () => never);
    const both = [infer(served.url, 'digits', one), infer(served.url, 'digits', one)];
    await expect.poll(async () => (await fetch(`${served.url}metrics`)).text()).toMatch(/^cvae_requests_in_flight 2$/m);
    expect(await infer(served.url, 'digits', one)).toMatchObject({
      status: 503,
      retry: '1',
      error: 'expected at most 2 requests at a time, got more; try again in a second, or start more servers',
    });
    // The first is in the engine, which cannot be interrupted, and the second in the queue: neither waits longer than that.
    expect((await Promise.all(both)).map(({ status }) => status)).toEqual([504, 504]);
    const hurried = await infer(served.url, 'digits', { ...one, parameters: { timeout: 50_000 } });
    expect(hurried).toMatchObject({
      status: 504,
      error: 'expected an answer within 0.05 s, got none by then; try again, or ask for less',
    });
    const large = { inputs: [tensor('digit', 'INT64', [1], [7]), tensor('x', 'BYTES', [1], ['x'.repeat(50_000)])] };
    const error = 'expected a body of at most 20000 bytes, got a larger one; send fewer rows at a time';
    expect(await infer(served.url, 'digits', large)).toMatchObject({ status: 413, error });
    const bomb = await fetch(`${served.url}v2/models/digits/infer`, {
      method: 'POST',
      body: gzipSync(JSON.stringify(large)),
      headers: { 'Content-Encoding': 'gzip' },
    });
    expect([bomb.status, await bomb.json()]).toEqual([413, { error }]);
  });

  test('answers what is in flight when it ends, and says that it is not ready', async () => {
    let go = (): void => undefined;
    const gate = new Promise<void>((resolve) => (go = resolve));
    const served = await serveFolder(folders.digits, { port: 0 }, () => gate);
    const before = infer(served.url, 'digits', one);
    await expect.poll(async () => (await fetch(`${served.url}metrics`)).text()).toMatch(/^cvae_requests_in_flight 1$/m);
    let hasEnded = false;
    const ended = served.end(1000).then(() => (hasEnded = true));
    const { status, headers } = await ask(served.url, '/v2/health/ready', { headers: { Connection: 'keep-alive' } });
    expect({ status, connection: headers.connection }).toEqual({ status: 503, connection: 'close' });
    expect(await ask(served.url, '/v2/health/live')).toMatchObject({ status: 200 });
    const late = infer(served.url, 'digits', one);
    await expect.poll(() => ask(served.url, '/v2').catch((error: unknown) => String(error))).toMatch('ECONNREFUSED');
    expect(hasEnded).toBe(false);
    go();
    expect([(await before).status, (await late).status]).toEqual([200, 200]);
    await ended;
  });
});
