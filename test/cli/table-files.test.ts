import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { byCondition, rowsOf } from '../../src/cli/conditions.ts';
import { tableAt } from '../../src/cli/table-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'cvae-table-files-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('words between the numbers of a table are missing to every command, as they are to init, and classes where they are named', async () => {
  const path = join(folder, 'ages.csv');
  const lines = Array.from(
    { length: 40 },
    (_, i) => `${i % 9 === 0 ? 'unknown' : 20 + i},${i % 2 === 0 ? 'unknown' : 'b'}`,
  );
  writeFileSync(path, ['age,kind', ...lines].join('\n'));
  expect((await tableAt(path)).missingValues).toEqual(['unknown']);
  const conditions = {
    age: { kind: 'continuous', shape: [1], dataShape: [1], mask: true },
    kind: { kind: 'categorical', shape: [2], dataShape: [], classes: ['b', 'unknown'], mask: true },
  } as const;
  const rows = await rowsOf(conditions, {}, path, () => Promise.reject(new Error('there is no image')));
  expect(rows.slice(0, 2).map(({ age, kind }) => [age?.value, kind?.text])).toEqual([
    [null, 'unknown'],
    [21, 'b'],
  ]);
});

it('a setting names a condition as the definition does, as its column in the data, or as one that init has renamed', () => {
  const one = { kind: 'continuous', shape: [1], dataShape: [1] } as const;
  const settings = new Map([
    ['Ship Mode', ['1']],
    ['Ship_Mode', ['2']],
    ['when it was sold', ['3']],
    ['another', ['4']],
  ]);
  const found = byCondition({ Ship_Mode: one, age: one }, { age: ['when it was sold'] }, settings);
  expect(Object.fromEntries(found)).toEqual({ Ship_Mode: ['1', '2'], age: ['3'], another: ['4'] });
});
