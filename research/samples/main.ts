import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { digits } from 'cvae-compile/data';
import { CASES } from './cases.ts';
import { measure, trainJudge, type Figures } from './measure.ts';
import { writeGrey } from './pictures.ts';
import { withTables } from './tables.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const here = fileURLToPath(new URL('.', import.meta.url));

/** What results.json holds. */
export interface Results {
  /** The share of test digits that the judge classifies correctly. */
  readonly judge: number;
  readonly cases: Readonly<Record<string, Figures>>;
}

/** Trains the cases that are named, or all; writes results.json, the pictures, and the tables of docs/samples.md. Gives the exit code. */
export async function main(names: readonly string[]): Promise<number> {
  const unknown = names.find((name) => !(name in CASES));
  if (unknown !== undefined) {
    console.error(
      `samples: expected cases (${Object.keys(CASES).join(', ')}), got ${unknown}; name some of them, or none for all`,
    );
    return 2;
  }
  const data = await digits();
  const folder = join(root, 'out', 'research', 'samples');
  const pictures = join(root, 'docs', 'samples');
  await mkdir(pictures, { recursive: true });
  const { tell, right, model } = await trainJudge(data, folder, 12);
  console.error(`judge: ${(100 * right).toFixed(1)} % of test digits`);
  let results: Results = { ...(await read()), judge: right };
  for (const [name, one] of Object.entries(CASES)) {
    if (names.length > 0 && !names.includes(name)) continue;
    const began = Date.now();
    const { figures, grids } = await measure(name, one, data, tell, folder);
    for (const [extra, grid] of grids)
      await writeGrey(join(pictures, `${extra === '' ? name : `${name}-${extra}`}.png`), grid);
    results = { ...results, cases: { ...results.cases, [name]: figures } };
    await writeFile(join(here, 'results.json'), `${JSON.stringify(results, null, 2)}\n`);
    console.error(`${name}: ${Math.round((Date.now() - began) / 1000)} s, ${JSON.stringify(figures)}`);
  }
  await model.close();
  const page = join(root, 'docs', 'samples.md');
  await writeFile(page, withTables(await readFile(page, 'utf8'), results));
  return 0;
}

const read = async (): Promise<Pick<Results, 'cases'>> =>
  // Written by this program.
  JSON.parse(await readFile(join(here, 'results.json'), 'utf8').catch(() => '{"cases":{}}'));
