import type { Manifest, TargetSignature } from '../../signature.ts';
import { member } from '../package/names.ts';
import { MODULE_TYPES } from '../package/types-fixed.ts';
import { typesOf, valueOf } from '../package/types.ts';

/** Returns the text of `model.d.ts`: a package's types, but for how the model is opened, and `encode`. */
export const moduleTypesOf = (manifest: Manifest): string =>
  typesOf(manifest, { fixed: MODULE_TYPES, methods: manifest.files.recognition ? [encodeOf(manifest)] : [] });

const encodeOf = ({ target }: Manifest): string => {
  const given = (one: TargetSignature): string =>
    `Given<${valueOf({ ...one, kind: one.classes === undefined ? 'continuous' : 'categorical' })}>`;
  const y = target.targets
    ? `{ ${Object.entries(target.targets)
        .map(([name, one]) => `readonly ${member(name)}: ${given(one)}`)
        .join('; ')} }`
    : given(target);
  return `  /** q(z|x,y): mean and log σ² of the latents of examples. */
  encode(y: ${y}, conditions: Conditions): Promise<Prior>;`;
};
