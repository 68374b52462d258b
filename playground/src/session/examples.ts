import { SPECIMENS_FILE, type Manifest, type Specimens } from '../../../src/signature.ts';
import type { Site } from './site.ts';

/** The examples beside a model that lists some; none where their file is missing or of a later form. */
export const loadExamples = async ({ folder }: Site, { examples }: Manifest): Promise<Specimens> => {
  if (examples === undefined) return NONE;
  const response = await fetch(new URL(SPECIMENS_FILE, folder)).catch(() => undefined);
  if (!response?.ok) return NONE;
  const found: unknown = await response.json().catch(() => undefined);
  return isSpecimens(found) ? found : NONE;
};

const NONE: Specimens = { format: 1, source: '', examples: [] };

const isSpecimens = (value: unknown): value is Specimens =>
  typeof value === 'object' &&
  value !== null &&
  'format' in value &&
  value.format === 1 &&
  'examples' in value &&
  Array.isArray(value.examples);
