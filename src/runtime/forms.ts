import type { Forms } from './example.ts';
import type * as Faults from './faults.ts';
import type * as Values from './values.ts';

/** Loads what pages load for other calls too. */
export const forms = async (): Promise<Forms & Pick<typeof Values, 'passed'> & typeof Faults> => {
  const [{ encodeAll, passed }, { distributionOf }, faults] = await Promise.all([
    import('./values.ts'),
    import('./draw.ts'),
    import('./faults.ts'),
  ]);
  return { encodeAll, passed, distributionOf, ...faults };
};
