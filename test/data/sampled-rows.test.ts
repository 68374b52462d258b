import { expect, test } from 'vitest';
import { concat, continuous, cvae, dense, gaussian, normal } from 'cvae-compile';
import completion, { data as quarters } from '../../examples/completion/model.ts';
import weather, { data as days } from '../../examples/weather/model.ts';
import { toDataset } from '../../src/data/convert.ts';
import { sampledRows } from '../../src/data/sampled-rows.ts';
import type { Data } from '../../src/data/source.ts';
import type { Model } from '../../src/dsl/model.ts';
import { compile } from '../../src/export/compile.ts';
import { withSpecimens } from '../../src/export/specimens.ts';
import { specimens } from '../../src/formats/specimens.ts';
import { readText } from '../../src/formats/read.ts';
import { variablesOf } from '../../src/train/parameters.ts';
import { trainedWeights } from '../compiler/weights.ts';

const collected = async (model: Model, source: Data) => {
  const given = await (typeof source === 'function' ? source() : source);
  const whole = await toDataset(given, variablesOf(model));
  return { source: given, whole, dataset: whole };
};

test('are whole rows of the training part, as many as a page shows, the same each time', async () => {
  const { whole } = await collected(weather, days);
  const rows = sampledRows(whole, variablesOf(weather), ['rain', 'temperature', 'sky']);
  expect(rows).toEqual(sampledRows(whole, variablesOf(weather), ['rain', 'temperature', 'sky']));
  expect(rows).toMatchObject({ source: 'days.csv, train', count: 400, of: whole.train.count });
  const { month = [], rain = [], temperature = [], sky = [] } = rows?.columns ?? {};
  expect([month, rain, temperature, sky].map(({ length }) => length)).toEqual([400, 400, 800, 400]);
  const cells = (name: string, width: number, at: number): string =>
    [...(whole.train.columns[name]?.data ?? [])]
      .slice(at * width, (at + 1) * width)
      .map((value) => value.toFixed(2))
      .join();
  const known = new Set(
    Array.from({ length: whole.train.count }, (_, at) =>
      [cells('month', 1, at), cells('rain', 1, at), cells('temperature', 2, at), cells('sky', 1, at)].join(),
    ),
  );
  for (let i = 0; i < 400; i++) {
    const row = [month[i], rain[i], temperature[2 * i], temperature[2 * i + 1], sky[i]];
    expect(known).toContain(row.map((value) => value?.toFixed(2)).join());
  }
  // Of all months, as the data are.
  expect(new Set(month).size).toBe(12);
});

test('are left out for pictures, and have null for what is missing', async () => {
  const pictures = await collected(completion, quarters);
  expect(sampledRows(pictures.whole, variablesOf(completion))).toBeUndefined();
  const model = cvae({
    condition: { age: continuous(1, { mask: true }) },
    target: normal(1),
    latent: 1,
    recognition: ({ y, age }) => concat(y, age).pipe(dense(4), gaussian(1)),
    decoder: ({ z, age }) => concat(z, age).pipe(dense(1)),
  });
  const { whole } = await collected(
    model,
    Array.from({ length: 10 }, (_, i) => ({ age: i % 2 === 0 ? null : i, y: i / 3 })),
  );
  const rows = sampledRows(whole, variablesOf(model));
  expect(Object.keys(rows?.columns ?? {})).toEqual(['age', 'y']);
  const { age = [], y = [] } = rows?.columns ?? {};
  for (const [i, value] of age.entries())
    expect(value).toBe(Math.round((y[i] ?? 0) * 3) % 2 === 0 ? NaN : Math.round((y[i] ?? 0) * 3));
});

test('are written with the examples, fewer on request, and left out alone', async () => {
  const compiled = compile(weather, trainedWeights(weather), { name: 'weather' });
  const written = async (dataRows?: number) => {
    const found = await withSpecimens(compiled, weather, { collect: () => collected(weather, days) }, dataRows);
    const [file] = found.compiled.others ?? [];
    const text = Buffer.concat(file?.pieces ?? []).toString();
    return { line: found.line, text, read: readText(specimens, text, { where: 'it', what: 'examples', remedy: '' }) };
  };
  const all = await written();
  expect(all.line).toMatch(
    /^examples\.json: 12 examples \(days\.csv, test\) and 400 rows of the data, .*--data-rows 0 /,
  );
  expect(all.text.length).toBeLessThan(20_000);
  const few = await written(3);
  expect(few.read.rows?.count).toBe(3);
  expect(few.read.rows?.columns['temperature']).toEqual(all.read.rows?.columns['temperature']?.slice(0, 6));
  const none = await written(0);
  expect(none.read.rows).toBeUndefined();
  expect(none.read.examples).toEqual(all.read.examples);
});
