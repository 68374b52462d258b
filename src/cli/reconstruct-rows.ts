import { open } from '../runtime/node.ts';
import { mosaic } from '../runtime/picture.ts';
import type { Outputs } from '../runtime/result.ts';
import type { Settings } from './conditions.ts';
import { readRows, type RowOptions } from './data-rows.ts';
import type { Combo } from '../values/drawn-rows.ts';
import { changesOf, checkArea, drawnOf, type Drawn } from './samples.ts';
import { comboOf } from './row-options.ts';
import { truths } from './truths.ts';

/** Which examples are drawn again, and how. */
export interface Reconstructing extends RowOptions {
  readonly as?: Settings;
  readonly count: number;
  readonly seed: number;
  readonly temperature: number;
  readonly draw?: true;
}

/** Opens the model in a folder and draws rows of data again from their own z: a row of the result for each change and each draw. */
export const reconstructRows = async (folder: string, options: Reconstructing): Promise<Drawn> => {
  const { as, count, seed, temperature, draw, ...which } = options;
  const model = await open(folder);
  try {
    const { signature } = model;
    const rows = await readRows(folder, signature, which);
    const { readImage } = await import('./png.ts');
    const changes: readonly Combo[] = as ? await changesOf(signature, as, readImage) : [{}];
    const combos: Combo[] = [];
    const parts: Outputs[] = [];
    for (const index of rows.indices)
      for (const change of changes) {
        const given = Object.fromEntries(Object.entries(change).map(([name, { value }]) => [name, value]));
        const how = { count, seed, temperature, ...(draw && { draw }) };
        parts.push(await model.reconstruct(rows.row(index), { ...how, as: given }));
        const example = { example: { value: index, text: `${index}` } };
        combos.push({ ...example, ...comboOf(signature, rows, index), ...change });
      }
    const drawn = drawnOf(signature, combos, parts, count);
    return {
      ...drawn,
      labels: rows.indices.map((index) => `${index}`),
      picture: async (columns, scale = 1) => {
        const truth = truths(signature, rows);
        const across = columns ?? 1 + changes.length * count;
        checkArea(signature, rows.indices.length * (1 + changes.length * count), across, scale);
        const pictures = rows.indices.flatMap((index, at) => [
          truth(index),
          ...parts
            .slice(at * changes.length, (at + 1) * changes.length)
            .flatMap((part) => Array.from({ length: count }, (_, draw) => part.image(draw))),
        ]);
        return mosaic(pictures, across);
      },
    };
  } finally {
    await model.close();
  }
};
