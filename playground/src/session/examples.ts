import { SPECIMENS_FILE, type Manifest, type Specimens } from '../../../src/signature.ts';
import { textOf, type Site } from './site.ts';

/** The examples in the folder of a model that lists some; none if their file is missing or of a later form. */
export const loadExamples = async (site: Site, { examples }: Manifest): Promise<Specimens> => {
  if (examples === undefined) return NONE;
  try {
    const found: unknown = JSON.parse((await textOf(site, SPECIMENS_FILE)) ?? '');
    return isSpecimens(found) ? found : NONE;
  } catch {
    return NONE;
  }
};

const NONE: Specimens = { format: 1, source: '', examples: [] };

const isSpecimens = (value: unknown): value is Specimens =>
  typeof value === 'object' &&
  value !== null &&
  'format' in value &&
  value.format === 1 &&
  'examples' in value &&
  Array.isArray(value.examples);
