import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Unavailable } from '../../errors.ts';
import type { Compiled } from '../compile.ts';

/** The programs for rows of tables, and those for training, which an export for training has besides. */
const ROWS = ['draws.py', 'noise.py', 'requirements.txt', 'rows.py', 'table_model.py'] as const;
const TRAINING = ['job.py', 'measure.py', 'ray_train.py', 'run_folder.py', 'train.py'] as const;

/** The programs of `examples/distributed`, as `npm run build` copies them into the package. */
const FOLDER = fileURLToPath(new URL('../../../dist/python', import.meta.url));

/**
 * Returns a compiled model with the programs in Python that run it on many machines, as they are: they read all that they need to know of a
 * model from `model.json`. @throws Unavailable if they have not been built.
 */
export const withPrograms = async ({ others = [], manifest, ...compiled }: Compiled): Promise<Compiled> => {
  const names = [...ROWS, ...(manifest.training ? TRAINING : [])].sort();
  const programs = await Promise.all(
    names.map(async (file) => ({ file, pieces: [await readFile(join(FOLDER, file)).catch(missing)] })),
  );
  return {
    ...compiled,
    others: [...others, ...programs],
    manifest: { ...manifest, package: [...(manifest.package ?? []), ...names] },
  };
};

const missing = (): never => {
  throw new Unavailable(
    `${FOLDER}: expected the Python programs that are written next to models, got none; run npm run build`,
  );
};
