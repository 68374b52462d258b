import { join } from 'node:path';
import { writeWhole } from '../files/whole.ts';
import { page } from './page.ts';
import { readRun, REPORT_FILE } from '../run/read-run.ts';

/**
 * Writes the page about the run in a folder, as far as the run has got; returns the file. @throws InvalidFile if there is no run.
 */
export async function writeReport(folder: string): Promise<string> {
  const file = join(folder, REPORT_FILE);
  await writeWhole(file, await page(await readRun(folder)));
  return file;
}
