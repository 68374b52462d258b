import { signal } from '@preact/signals';
import type { Playground } from './playground.ts';

/** The model that the page is about: the site's, or one that was made in the page. */
export const shown = signal<Playground | undefined>(undefined);

/** The site's model. */
export const served = signal<Playground | undefined>(undefined);
