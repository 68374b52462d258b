import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readRows } from '../../src/cli/data-rows.ts';
import { compile } from '../../src/export/compile.ts';
import { pythonSteps, stepFilesOf } from '../../src/export/package/python-steps.ts';
import { csvOfDrawn, jsonOfDrawn, linesOf } from '../../src/values/drawn-rows.ts';
import { trainedWeights } from '../compiler/weights.ts';
import { sketches } from '../steps/models.ts';

// A sketch of up to four strokes: an offset of two numbers and a pen at each, of which the third is the end.

const { manifest } = compile(sketches, trainedWeights(sketches), { name: 'sketches' });
const combo = { speed: { value: 1, text: '1' } };
const drawn = {
  offset: { data: [1, 2, 3, 4, 0, 0, 0, 0], shape: [1, 4, 2] },
  pen: { data: [0, 1, 2, 2], shape: [1, 4] },
};
const lines = linesOf([combo], drawn, 1);
const numbered = (name: string, count: number) => Array.from({ length: count }, (_, i) => `${name}_${i + 1}`);
const HEADER = ['speed', 'sample', ...numbered('offset', 8), ...numbered('pen', 4)].join(',');

let folder = '';
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'cvae-end-'))));
afterAll(() => rm(folder, { recursive: true }));

const rowOf = async (text: string, name = 'drawn.csv') => {
  const data = join(folder, name);
  await writeFile(data, text);
  return (await readRows(folder, manifest, { data })).row(0);
};
const WHOLE = {
  speed: 1,
  offset: Float32Array.of(1, 2, 3, 4, 0, 0, 0, 0),
  pen: ['down', 'up', 'end', 'end'],
};

it('writes nothing behind the end of a sequence that was drawn, and reads that again', async () => {
  const csv = csvOfDrawn(manifest, lines);
  expect(csv).toBe(`${HEADER}\n1,0,1,2,3,4,,,,,down,up,end,end\n`);
  expect(await rowOf(csv)).toEqual(WHOLE);
  const json = jsonOfDrawn(manifest, lines);
  expect(JSON.parse(json)).toEqual({
    speed: 1,
    sample: 0,
    offset: [1, 2, 3, 4, null, null, null, null],
    pen: ['down', 'up', 'end', 'end'],
  });
  expect(await rowOf(json, 'drawn.jsonl')).toEqual(WHOLE);
});

it('still refuses what is missing before the end', async () => {
  await expect(rowOf(`${HEADER}\n1,0,1,,3,4,,,,,down,up,end,end\n`)).rejects.toThrow(/line 2 lacks offset_2;/);
  await expect(rowOf(`${HEADER}\n1,0,1,2,3,4,5,6,7,,down,up,up,up\n`)).rejects.toThrow(/line 2 lacks offset_8;/);
});

it('calls probabilities at each step by the step and the class', () => {
  const chances = { ...drawn, pen: { data: Array.from({ length: 12 }, () => 0.25), shape: [1, 4, 3] } };
  const [header = '', row = ''] = csvOfDrawn(manifest, linesOf([combo], chances, 1)).split('\n');
  const places = [1, 2, 3, 4].flatMap((step) => ['down', 'up', 'end'].map((name) => `pen_${step}_${name}`));
  expect(header.split(',').slice(-12)).toEqual(places);
  // Means have no end.
  expect(row.split(',').slice(2, 10)).toEqual(['1', '2', '3', '4', '0', '0', '0', '0']);
});

it('writes null for a condition that is missing, and nothing in CSV', () => {
  const missing = linesOf([{ speed: { value: null, text: '' } }], drawn, 1);
  expect(JSON.parse(jsonOfDrawn(manifest, missing)).speed).toBeNull();
  expect(csvOfDrawn(manifest, missing).split('\n')[1]).toMatch(/^,0,1,2/);
});

it('leaves nothing behind the end in the Python program of a card either', () => {
  const files = stepFilesOf(manifest) ?? expect.fail();
  expect(pythonSteps(manifest, 'sketches', files)).toContain(
    '\ny["offset"][y["pen"] == 2] = 0  # nothing at the end, or behind it\n',
  );
});
