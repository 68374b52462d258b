import type { Manifest } from '../../signature.ts';
import { distributionOf } from './table.ts';

/**
 * Whether y can be drawn from p(y|x,z), rather than only its mean computed: by its distribution, or by a file exported
 * with a custom one.
 */
export const isDrawable = ({ target, files }: Pick<Manifest, 'target' | 'files'>): boolean =>
  files.draw !== undefined ||
  'draw' in (files.step?.outputs ?? {}) ||
  Object.values(target.targets ?? { y: target }).every((one) => typeof distributionOf(one).draws === 'object');
