import { join } from 'node:path';
import { writeWhole } from '../files/whole.ts';
import { figure } from './figure.ts';
import { page } from './page.ts';
import { FIGURE_FILE, readRun, REPORT_FILE, SNAPSHOTS } from '../run/read-run.ts';

/**
 * Writes the page about the run in a folder, as far as the run has got, and plots of what was drawn with the weights that were kept, for a
 * model card; returns the page's file. @throws InvalidFile if there is no run.
 */
export async function writeReport(folder: string): Promise<string> {
  const file = join(folder, REPORT_FILE);
  const run = await readRun(folder);
  await writeWhole(file, await page(run));
  const kept = run.snapshots.findLast((snapshot) => snapshot.kept);
  if (kept?.kind === 'numbers') await writeWhole(join(folder, SNAPSHOTS, FIGURE_FILE), figure(kept));
  return file;
}
