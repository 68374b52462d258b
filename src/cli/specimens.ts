import type { Compiled } from '../compiler/compile.ts';
import { onDisk } from '../compiler/pack.ts';
import { isDataset, toDataset } from '../data/convert.ts';
import { specimensOf } from '../data/specimens.ts';
import { isUserError } from '../errors.ts';
import { SPECIMENS_FILE } from '../signature.ts';
import { variablesOf } from '../train/train.ts';
import { sourceOf } from './collect.ts';
import type { Definition } from './load.ts';

/**
 * A compiled model with a few examples from its definition's data beside its files, and a line about them; as it was where
 * there are no data. Data that cannot be had are no reason not to export: the line says why there are none.
 */
export const withSpecimens = async (
  compiled: Compiled,
  { path, model, data }: Definition,
): Promise<{ readonly compiled: Compiled; readonly line?: string }> => {
  if (data === undefined) return { compiled };
  try {
    const source = await sourceOf(path, data);
    const variables = variablesOf(model);
    const dataset = await toDataset(source, variables);
    const specimens = specimensOf(dataset, variables, isDataset(source) ? source : undefined);
    if (!specimens) return { compiled };
    const bytes = new TextEncoder().encode(`${JSON.stringify(specimens)}\n`);
    const packed = { file: SPECIMENS_FILE, pieces: [bytes] };
    const { others = [], manifest } = compiled;
    return {
      compiled: { ...compiled, others: [...others, packed], manifest: { ...manifest, examples: onDisk(packed) } },
      line: `${SPECIMENS_FILE}: ${specimens.examples.length} examples (${specimens.source}), for pages to show; --no-examples leaves them out`,
    };
  } catch (error) {
    if (!isUserError(error)) throw error;
    return { compiled, line: `no ${SPECIMENS_FILE}: ${error.message}` };
  }
};
