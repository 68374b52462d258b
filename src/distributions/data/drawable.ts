import type { Manifest } from '../../signature.ts';
import { distributionOf } from './table.ts';

/** Whether y can be drawn from p(y|x,z), and not only its mean computed: by its distribution, or by a file that the definition's own came with. */
export const isDrawable = ({ target, files }: Pick<Manifest, 'target' | 'files'>): boolean =>
  typeof distributionOf(target).draws === 'object' || files.draw !== undefined;
