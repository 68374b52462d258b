import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, assert, expect, it } from 'vitest';
import { toDataset } from '../../src/data/convert.ts';
import { makeModel, type Files, type Held, type Making } from '../../src/making/make.ts';
import { ofPictures, ofTable } from '../../src/making/material.ts';
import { readTextTable } from '../../src/making/table.ts';
import { modelOf } from '../../src/making/model.ts';
import type { Samples } from '../../src/runtime/result.ts';
import { open } from '../../src/runtime/node.ts';
import { engineOf } from '../../src/train/engines.ts';
import { fingerprintsOf } from '../../src/train/fingerprints.ts';
import { parametersOf, variablesOf } from '../../src/train/parameters.ts';
import { loadWeights } from '../../src/weights/file.ts';
import { IS_LONG } from '../support/chosen.ts';
import { together } from '../../src/making/table-facts.ts';
import { choiceOf, daysTable, trips } from './support.ts';

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

const put = async (files: Files): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'cvae-make-'));
  folders.push(folder);
  for (const [name, bytes] of files) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), bytes);
  }
  return folder;
};

/** Makes a model with onnxruntime, whose training is not stopped before its first epoch is over. */
const makeWhole = async (making: Omit<Making, 'engine' | 'runtime' | 'minutes'> & { readonly minutes?: number }) => {
  const made = await makeModel({ engine: await engineOf('onnx'), minutes: 1, runtime: [], ...making });
  assert(made);
  return made;
};

/** What ends training after a number of epochs, and the validation losses until then. */
const endingAfter = (count: number) => {
  const stop = new AbortController();
  const losses: number[] = [];
  const onEpoch: Making['onEpoch'] = ({ validation }) => {
    losses.push(validation?.['loss'] ?? NaN);
    if (losses.length === count) stop.abort();
  };
  return { losses, how: { signal: stop.signal, onEpoch } };
};

it('knows the units of columns, as the definition that it writes does', async () => {
  const lines = Array.from({ length: 60 }, (_, i) => `${['a', 'b'][i % 2]};${(i * 7) % 50},${i % 10} €`);
  const table = readTextTable('prices.csv', new TextEncoder().encode(['kind;price', ...lines, ''].join('\n')));
  const { model, source } = ofTable(table, choiceOf(table, ['price'], ['kind']));
  const { names } = await toDataset(source, variablesOf(model));
  expect(names).toMatchObject({ price: { elements: ['price'], units: ['€'] } });
});

it('makes a package of a table, in memory, that opens and draws what the table has; and what the command line continues with', async () => {
  const table = daysTable(600);
  const choice = choiceOf(table, ['rain in mm', 'sky', 'visitors'], ['station']);
  const seen: Held[] = [];
  const { losses, how } = endingAfter(40);
  const made = await makeWhole({
    from: ofTable(table, choice),
    name: 'days',
    ...how,
    onModel: (model) => seen.push(model),
  });
  expect(made.ended.by).toBe('signal');
  expect(Math.min(...losses)).toBeLessThan((losses[0] ?? NaN) - 1);
  expect(seen.length).toBeGreaterThan(0);

  const early = await open(await put(seen[0]?.files ?? new Map()));
  expect(await early.sample({ station: 'Ulm' }, { count: 2 })).toHaveProperty('visitors.data.length', 2);
  await early.close();

  const model = await open(await put(made.files));
  expect(await model.selfTest()).toMatchObject({ passed: true });
  // Of several targets, samples are a record of them.
  const drawn = (await model.sample({ station: 'Ulm' }, { count: 400, draw: true })) as unknown as Record<
    string,
    Samples
  >;
  const rain = drawn['rain_in_mm']?.data ?? [];
  expect(Math.abs(rain.filter((one) => one === 0).length / 400 - 0.4)).toBeLessThan(0.15);
  expect(Math.max(...rain)).toBeLessThan(19);
  expect(Math.min(...(drawn['visitors']?.data ?? []))).toBeGreaterThanOrEqual(20);
  expect(made.files.has('examples.json')).toBe(true);
  expect(new TextDecoder().decode(made.files.get('README.md'))).toContain('days.csv');
  await model.close();

  const sources = await put(made.sources);
  const built = modelOf(choice, 600);
  const owner = { params: parametersOf(built), fingerprint: fingerprintsOf(built) };
  expect((await loadWeights(join(sources, 'weights.safetensors'), owner)).weights.size).toBeGreaterThan(10);
});

/** Five steps of a sequence of nine, and what is behind its end. */
const up = <T>(step: T, behind: T): readonly T[] => [...Array<T>(5).fill(step), ...Array<T>(4).fill(behind)];

it('makes a package of the sequences of a long table, which draws them step by step to their end', async () => {
  const table = trips(60);
  const choice = {
    ...choiceOf(table, ['speed', 'gear'], ['driver']),
    sequences: together(table, 'trip'),
  };
  const { losses, how } = endingAfter(8);
  const made = await makeWhole({ from: ofTable(table, choice), name: 'trips', ...how });
  expect(Math.min(...losses)).toBeLessThan((losses[0] ?? NaN) - 1);
  const model = await open(await put(made.files));
  expect(await model.selfTest()).toMatchObject({ passed: true });
  const drawn = (await model.sample({ driver: 'Ada' }, { count: 5, draw: true })) as unknown as Record<string, Samples>;
  expect(drawn['speed']?.shape).toEqual([5, 9, 1]);
  expect(drawn['gear']?.shape).toEqual([5, 9]);
  expect(drawn['more']?.shape).toEqual([5, 9]);
  // As a line of `sample` has a sequence: null behind its end.
  const line = { driver: 'Ada', more: up('yes', 'end'), gear: up('low', null), speed: up(60.5, null) };
  const whole = { ...line, gear: up('low', 'high'), speed: up(60.5, 0) };
  const { mean } = await model.encode(line);
  expect(mean).toEqual((await model.encode(whole)).mean);
  await expect(model.encode({ ...line, speed: up(null, 1) })).rejects.toThrow('speed: expected ');
  await model.close();
  const text = new TextDecoder().decode(made.sources.get('model.ts'));
  expect(text).toContain("by: 'trip',\n    orderBy: 'minute',");
});

/** Grey squares in one of two corners, of a brightness of their own. */
const squares = (count: number) => {
  const labels = Int32Array.from({ length: count }, (_, i) => i % 2);
  const pixels = new Uint8Array(count * 64);
  for (const [i, label] of labels.entries())
    for (let at = 0; at < 16; at++)
      pixels[64 * i + 8 * (4 * label + Math.floor(at / 4)) + 4 * label + (at % 4)] = 100 + ((i * 37) % 156);
  return { count, shape: [8, 8, 1], classes: ['top', 'bottom'], options: {}, name: 'squares', pixels, labels } as const;
};

it.runIf(IS_LONG)('makes a package of pictures by class', async () => {
  const set = squares(160);
  const { how } = endingAfter(16);
  const notices: string[] = [];
  const made = await makeWhole({
    from: ofPictures(set),
    name: 'squares',
    // Too few for trials of rates, which another test has, and enough for the usual one.
    minutes: 0.3,
    ...how,
    onNotice: (notice) => notices.push(notice),
  });
  const model = await open(await put(made.files));
  expect(await model.selfTest()).toMatchObject({ passed: true });
  expect(notices.join()).not.toContain('--');
  const { data } = await model.sample({ label: 'bottom' }, { count: 20, seed: 1 });
  const share = data.filter((_, i) => i % 64 >= 32).reduce((a, b) => a + b) / data.reduce((a, b) => a + b);
  expect(share).toBeGreaterThan(0.7);
  await model.close();
  const definition = new TextDecoder().decode(made.sources.get('model.ts'));
  expect(definition).toContain("imageFolder(new URL('./squares', import.meta.url))");
  const built = ofPictures(set).model;
  const owner = { params: parametersOf(built), fingerprint: fingerprintsOf(built) };
  const { weights } = await loadWeights(join(await put(made.sources), 'weights.safetensors'), owner);
  expect(weights.size).toBeGreaterThan(10);
});

it('keeps nothing of a training that is stopped in its first epoch', async () => {
  const table = daysTable(600);
  const stop = new AbortController();
  const making = {
    from: ofTable(table, choiceOf(table, ['rain in mm'], ['station'])),
    name: 'days',
    engine: await engineOf('onnx'),
    minutes: 1,
    runtime: [],
  };
  expect(await makeModel({ ...making, signal: stop.signal, onProgress: () => stop.abort() })).toBeUndefined();
});
