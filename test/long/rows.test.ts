import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { open } from 'cvae-compile/runtime';
import { cli } from '../cli/support/cli.ts';
import { example, pythonOf, runProgram } from './support/python.ts';

const root = mkdtempSync(join(tmpdir(), 'rows-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const at = (...names: readonly string[]) => join(root, ...names);
const ROWS = join(example('distributed'), 'rows.py');

const MODEL = `
import { anyPart, categorical, concat, cvae, gaussian, heads, logNormal, mlp, normal, zeroInflated } from 'cvae-compile';

const target = { air: normal(1, { sigma: 'learned' }), rain: zeroInflated(logNormal(1)), sky: categorical('clear', 'rain') };
export default cvae({
  condition: { station: categorical('coast', 'valley', 'peak') },
  target,
  latent: 2,
  known: anyPart(),
  prior: ({ station, known: { air, air_mask, rain, rain_mask, sky, sky_mask } }) =>
    concat(station, air, air_mask, rain, rain_mask, sky, sky_mask).pipe(mlp([16]), gaussian(2)),
  recognition: ({ y, station, known: { air_mask, rain_mask, sky_mask } }) =>
    concat(y.air, y.rain, y.sky, station, air_mask, rain_mask, sky_mask).pipe(mlp([16]), gaussian(2)),
  decoder: ({ z, station, known: { air, air_mask, rain, rain_mask, sky, sky_mask } }) =>
    concat(z, station, air, air_mask, rain, rain_mask, sky, sky_mask).pipe(mlp([16]), heads(target)),
});
export const data = Array.from({ length: 300 }, (_, i) => ({
  station: i % 3, air: 10 + 5 * Math.sin(i), rain: i % 3 === 0 ? 0 : 1 + (i % 5), sky: Math.sin(i) > 0 ? 'clear' : 'rain',
}));
`;

/** Writes a table in row groups of 700, and prints what a test asks of tables as JSON. */
const TABLES = `
import json, sys
import pyarrow as pa, pyarrow.parquet as pq
verb, *given = sys.argv[1:]
if verb == "write":
    stations, skies, n = ["coast", "valley", "peak"], ["clear", "rain"], 3000
    gaps = {"station": [stations[i % 3] for i in range(n)], "air": [None if i % 3 == 0 else 8 + i % 7 for i in range(n)],
            "sky": [None if i % 4 == 1 else skies[i % 2] for i in range(n)], "id": list(range(n))}
    table = pa.table({**gaps, "air": pa.array(gaps["air"], pa.float64())})
    pq.write_table(table, given[0], row_group_size=700)
    full = table.set_column(1, "air", pa.array([8.0 + i % 7 for i in range(n)])).set_column(2, "sky", pa.array([skies[i % 2] for i in range(n)]))
    full = full.append_column("rain", pa.array([float(i % 3) for i in range(n)]))
    pq.write_table(full, given[1], row_group_size=700)
if verb == "same":
    first, *others = [pq.read_table(each) for each in given]
    print(json.dumps([first.equals(other) for other in others]))
if verb == "head":
    print(json.dumps(pq.read_table(given[0]).slice(int(given[1]), int(given[2])).to_pydict()))
`;

let installed: ReturnType<typeof pythonOf>;
const python = async (...words: readonly string[]) => {
  const { code, text } = await runProgram(installed.python, words, { seconds: 600 });
  expect(code, text).toBe(0);
  return text;
};
const head = async (folder: string, from: number, count: number): Promise<Record<string, unknown[]>> =>
  JSON.parse(await python(at('tables.py'), 'head', folder, `${from}`, `${count}`));

beforeAll(async () => {
  installed = pythonOf('numpy', 'onnxruntime', 'pyarrow', 'dask', 'distributed', 'ray[data]');
  if (installed.missing !== undefined) return;
  writeFileSync(at('model.ts'), MODEL);
  writeFileSync(at('tables.py'), TABLES);
  for (const words of [
    [
      'train',
      at('model.ts'),
      '--out',
      at('run'),
      '--epochs',
      '3',
      '--engine',
      'onnx',
      '--no-report',
      '--no-tensorboard',
    ],
    ['export', at('model.ts'), '--weights', at('run'), '--evaluation', '--out', at('onnx')],
  ]) {
    const { code, err } = await cli(...words);
    expect(code, err).toBe(0);
  }
  await python(at('tables.py'), 'write', at('gaps.parquet'), at('full.parquet'));
}, 2_400_000);

describe('rows of a large table', { timeout: 1_200_000 }, () => {
  it('are the same to the bit by one process, two workers of Dask and two of Ray, and after an interruption', async ({
    skip,
  }) => {
    if (installed.missing !== undefined) skip(installed.missing);
    const impute = (out: string, ...more: readonly string[]) =>
      python(ROWS, 'impute', at('onnx'), '--data', at('gaps.parquet'), '--out', at(out), '--seed', '7', ...more);
    expect(await impute('one')).toContain('3000 rows, 5 of 5 parts');
    await impute('dask', '--engine', 'dask', '--workers', '2');
    await impute('ray', '--engine', 'ray', '--workers', '2');
    // What an ended process leaves: parts that are whole, and a temporary file.
    await impute('again');
    const kept = statSync(at('again', 'part-00000.parquet')).mtimeMs;
    rmSync(at('again', 'part-00002.parquet'));
    writeFileSync(at('again', '.part-00002.parquet.1.tmp'), 'half');
    expect(await impute('again')).toContain('700 rows, 1 of 5 parts');
    expect(statSync(at('again', 'part-00000.parquet')).mtimeMs).toBe(kept);
    const same = await python(at('tables.py'), 'same', ...['one', 'dask', 'ray', 'again'].map((name) => at(name)));
    expect(JSON.parse(same)).toEqual([true, true, true]);
    expect(readdirSync(at('ray')).filter((name) => name.startsWith('part-'))).toHaveLength(5);
    const other = await runProgram(installed.python, [
      ROWS,
      'impute',
      at('onnx'),
      '--data',
      at('gaps.parquet'),
      '--out',
      at('one'),
    ]);
    expect(other.code).toBe(1);
    expect(other.text).toContain('expected the results of the same model, data and settings, got different ones');
  });

  it('are what impute and logLikelihood give in Node for the rows of these numbers', async ({ skip }) => {
    if (installed.missing !== undefined) skip(installed.missing);
    const [first, count] = [1397, 6];
    const [drawn, given] = [await head(at('one'), first, count), await head(at('gaps.parquet'), first, count)];
    await python(ROWS, 'evaluate', at('onnx'), '--data', at('full.parquet'), '--out', at('scores'), '--samples', '25');
    const scores = await head(at('scores'), 0, count);
    const model = await open(at('onnx'));
    try {
      const how = { seed: 7, first, independent: true, draw: true } as const;
      const { station, air, sky } = given;
      const expected = await model.impute({ station, air, sky }, how);
      const columns: Record<string, { data: ArrayLike<number> }> = Object(expected);
      for (let i = 0; i < count; i++) {
        expect(Math.abs(Number(drawn['air']?.[i]) - Number(columns['air']?.data[i]))).toBeLessThan(1e-4);
        // Of which the table has no column: all of it is drawn.
        const [rain, should] = [Number(drawn['rain']?.[i]), Number(columns['rain']?.data[i])];
        expect(Math.abs(rain - should)).toBeLessThan(1e-4 * (1 + should));
        expect(drawn['sky']?.[i]).toBe(['clear', 'rain'][columns['sky']?.data[i] ?? NaN]);
        if (typeof air?.[i] === 'number') expect(drawn['air']?.[i]).toBe(air[i]);
      }
      const full = await head(at('full.parquet'), 0, count);
      const found = await model.logLikelihood(
        { station: full['station'], air: full['air'], rain: full['rain'], sky: full['sky'] },
        { samples: 25, seed: 1 },
      );
      for (const [i, value] of found.values.entries())
        expect(Math.abs(Number(scores['logLikelihood']?.[i]) - value)).toBeLessThan(1e-3);
    } finally {
      await model.close();
    }
  });
});
