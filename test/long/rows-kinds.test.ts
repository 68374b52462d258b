import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { open, type Model } from 'cvae-compile/runtime';
import { cli } from '../cli/support/cli.ts';
import { example, pythonOf, runProgram } from './support/python.ts';

const root = mkdtempSync(join(tmpdir(), 'rows-kinds-'));
const at = (...names: readonly string[]) => join(root, ...names);
const ROWS = join(example('distributed'), 'rows.py');

/** A target that draw.onnx draws, next to others whose draws are made of what files give. */
const MODEL = `
import { anyPart, categorical, concat, cvae, gaussian, heads, hurdle, mlp, normal, normalScores } from 'cvae-compile';

const target = { air: normal(2, { sigma: 'learned' }), rain: hurdle(normalScores(1)), sky: categorical('clear', 'rain') };
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
  station: i % 3, air: [10 + 5 * Math.sin(i), 3 + Math.cos(i)], rain: i % 3 === 0 ? 0 : 1 + (i % 5), sky: Math.sin(i) > 0 ? 'clear' : 'rain',
}));
`;

const stations = ['coast', 'peak', 'valley', 'coast'];
const gaps = {
  station: stations,
  air: [[12, null], null, [null, 4], [9, 3]],
  rain: [null, 2, 0, null],
  sky: ['rain', null, null, 'clear'],
};
const whole = {
  station: stations,
  air: [
    [12, 3],
    [8, 2],
    [7, 4],
    [9, 3],
  ],
  rain: [0, 2, 0, 5],
  sky: ['rain', 'clear', 'rain', 'clear'],
};
const TABLES = `
import json, sys
import pyarrow as pa, pyarrow.parquet as pq
verb, name, columns = sys.argv[1:]
if verb == "write":
    given = json.loads(columns)
    kinds = {"air": pa.list_(pa.float64()), "rain": pa.float64()}
    pq.write_table(pa.table({key: pa.array(each, kinds.get(key)) for key, each in given.items()}), name)
else:
    print(json.dumps(pq.read_table(name).to_pydict()))
`;

let installed: ReturnType<typeof pythonOf>;
let model: Model;
const python = (...words: readonly string[]) => runProgram(installed.python, words, { seconds: 300 });
const rows = async (verb: string, data: object, ...more: readonly string[]): Promise<Record<string, unknown[]>> => {
  const [table, out] = [at(`${verb}.parquet`), at(verb)];
  await python(at('tables.py'), 'write', table, JSON.stringify(data));
  const { code, text } = await python(ROWS, verb, at('onnx'), '--data', table, '--out', out, ...more);
  expect(code, text).toBe(0);
  return JSON.parse((await python(at('tables.py'), 'read', out, '')).text);
};

beforeAll(async () => {
  installed = pythonOf('numpy', 'onnxruntime', 'pyarrow');
  if (installed.missing !== undefined) return;
  writeFileSync(at('model.ts'), MODEL);
  writeFileSync(at('tables.py'), TABLES);
  const quiet = ['--engine', 'onnx', '--no-report', '--no-tensorboard'];
  for (const words of [
    ['train', at('model.ts'), '--out', at('run'), '--epochs', '3', ...quiet],
    ['export', at('model.ts'), '--weights', at('run'), '--evaluation', '--out', at('onnx')],
  ]) {
    const { code, err } = await cli(...words);
    expect(code, err).toBe(0);
  }
  model = await open(at('onnx'));
}, 1_200_000);
afterAll(async () => {
  await model?.close();
  rmSync(root, { recursive: true, force: true });
});

/** Compares columns of a table with what the runtime gives for the same rows. */
const compare = (found: Record<string, unknown[]>, expected: object): void => {
  const given: Record<string, { data: ArrayLike<number> }> = Object(expected);
  for (const name of ['air', 'rain'])
    expect(found[name]?.flat()).toEqual(Array.from(given[name]?.data ?? [], (value) => expect.closeTo(value, 4)));
  expect(found['sky']).toEqual(Array.from(given['sky']?.data ?? [], (index) => ['clear', 'rain'][index]));
};

describe('rows of several kinds of targets, as in Node', { timeout: 300_000 }, () => {
  const how = { seed: 1, first: 0, independent: true, draw: true } as const;

  it('are drawn, each target by its own likelihood', async ({ skip }) => {
    if (installed.missing !== undefined) skip(installed.missing);
    compare(await rows('sample', { station: stations }), await model.sample({ station: stations }, how));
  });

  it('are filled, of lists each element by itself', async ({ skip }) => {
    if (installed.missing !== undefined) skip(installed.missing);
    const { air, ...others } = gaps;
    const given = { ...others, air: air.map((one) => one ?? [null, null]) };
    compare(await rows('impute', gaps), await model.impute(given, how));
  });

  it('are scored', async ({ skip }) => {
    if (installed.missing !== undefined) skip(installed.missing);
    const { values } = await model.logLikelihood(whole, { samples: 20, seed: 1 });
    const found = await rows('evaluate', whole, '--samples', '20');
    expect(found['logLikelihood']).toEqual(Array.from(values, (value) => expect.closeTo(value, 3)));
  });

  it.each([
    [
      { ...whole, sky: ['fog', 'rain', 'clear', 'rain'] },
      'sky: expected one of clear, rain, got fog; give one of the classes',
    ],
    [{ ...whole, station: [0, 1, 3, 2] }, 'station: expected a class from 0 to 2, got 3; give one of them'],
    [
      { ...whole, air: [[1, 2], [1], [1, 2], [1, 2]] },
      'air: expected 2 values in each row, got 7 in 4 rows; give them as a list',
    ],
  ])('are refused in a sentence: %#', async (data, message) => {
    if (installed.missing !== undefined) return;
    await python(at('tables.py'), 'write', at('bad.parquet'), JSON.stringify(data));
    const { code, text } = await python(
      ROWS,
      'evaluate',
      at('onnx'),
      '--data',
      at('bad.parquet'),
      '--out',
      at('bad', message.slice(0, 3)),
    );
    expect([code, text.trim()]).toEqual([1, expect.stringMatching(new RegExp(`^${message.slice(0, 40)}`))]);
    expect(text).toContain(message);
  });
});
