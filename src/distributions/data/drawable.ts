import { distributionOf, type Distributed } from './table.ts';

/** The members of a manifest that say whether y can be drawn. */
export interface MaybeDrawable {
  readonly target: Distributed & { readonly targets?: Readonly<Record<string, Distributed>> };
  readonly files: { readonly draw?: unknown; readonly step?: { readonly outputs?: object } };
}

/**
 * Whether y can be drawn from p(y|x,z), rather than only its mean computed: by its distribution, or by a file exported
 * with a custom one.
 */
export const isDrawable = ({ target, files }: MaybeDrawable): boolean =>
  files.draw !== undefined ||
  'draw' in (files.step?.outputs ?? {}) ||
  Object.values(target.targets ?? { y: target }).every((one) => typeof distributionOf(one).draws === 'object');
