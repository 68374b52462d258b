import type { DistributionData } from '../distributions/data/distribution-data.ts';
import { InvalidData } from '../errors.ts';
import type { Manifest, TargetSignature } from '../signature.ts';
import { hasMask, maskName } from '../values/mask-name.ts';
import type { Encoded, Variable } from './variable.ts';

/** What encoding needs, which is passed since pages load it for other calls too. */
export interface Forms {
  encodeAll(variables: Readonly<Record<string, Variable>>, given: Readonly<Record<string, unknown>>): Promise<Encoded>;
  /** Returns the facts about the values of a target. */
  distributionOf(target: TargetSignature): Pick<DistributionData, 'unit' | 'values'>;
  checkFaults(manifest: Pick<Manifest, 'target'>, values: Encoded['values']): void;
}

/** Returns a target as a variable of which values are given, by what its values are. */
export const targetVariable = (
  { shape, dataShape, classes, image, scaling }: TargetSignature,
  { values }: Pick<DistributionData, 'values'>,
): Variable => {
  return {
    kind: values === 'classes' ? 'categorical' : 'continuous',
    shape,
    dataShape,
    ...(classes !== undefined && { classes }),
    ...(image && { image }),
    ...(scaling ? { scaling } : { rounded: true }),
    ...(values === 'unit' && { unit: 'coins' }),
  };
};

/** Returns the mask of a target of this shape as a variable. */
export const maskVariable = (shape: readonly number[]): Variable => ({
  kind: 'continuous',
  shape,
  dataShape: shape,
  unit: 'as they are',
});

/** Returns the targets of a model by name, `y` if there is one, each with its mask if it has one. */
const targetVariables = (
  { target }: Pick<Manifest, 'target'>,
  { distributionOf }: Pick<Forms, 'distributionOf'>,
): Readonly<Record<string, Variable>> =>
  Object.fromEntries(
    Object.entries(target.targets ?? { y: target }).flatMap(([name, one]): [string, Variable][] =>
      hasMask(one)
        ? [
            [name, { ...targetVariable(one, distributionOf(one)), mask: true }],
            [maskName(name), { ...maskVariable(one.dataShape), maskOf: name }],
          ]
        : [[name, targetVariable(one, distributionOf(one))]],
    ),
  );

/**
 * Encodes examples: conditions and targets, each with one row or with as many as the longest.
 *
 * @throws InvalidData that names what is missing, unknown, or does not fit.
 */
export const encodeExample = async (
  manifest: Manifest,
  given: Readonly<Record<string, unknown>>,
  forms: Forms,
): Promise<Encoded> => {
  const targets = targetVariables(manifest, forms);
  const own = Object.keys(targets).filter((name) => targets[name]?.maskOf === undefined);
  const all = { ...manifest.conditions, ...targets };
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) {
    const unknown = Object.keys(given).find((name) => !Object.hasOwn(all, name) && name !== '~encoded');
    if (unknown !== undefined)
      throw new InvalidData(
        `${unknown}: expected conditions of this model or its target, got another; give ${[...Object.keys(manifest.conditions), ...own].join(', ')}`,
      );
    const missing = own.find((name) => !Object.hasOwn(given, name));
    if (missing !== undefined && !Object.hasOwn(given, '~encoded'))
      throw new InvalidData(
        `${missing}: expected a whole example, got its conditions without ${missing}; give ${missing}, the target, with them`,
      );
  }
  // Only sequences that are written step by step have an end.
  const whole = manifest.steps ? (await import('./behind-end.ts')).filledBehindEnd(manifest.target, given) : given;
  const encoded = await forms.encodeAll(all, whole);
  forms.checkFaults(manifest, encoded.values);
  return encoded;
};

/** Returns the conditions of encoded examples, replaced by others where those are given. @throws InvalidData as `encodeExample`. */
export const changedConditions = async (
  { conditions }: Manifest,
  { values }: Encoded,
  as: Readonly<Record<string, unknown>>,
  { encodeAll }: Pick<Forms, 'encodeAll'>,
): Promise<Encoded> => {
  const unknown = Object.keys(as).find((name) => !Object.hasOwn(conditions, name));
  if (unknown !== undefined)
    throw new InvalidData(
      `as.${unknown}: expected conditions of this model, got another; give ${Object.keys(conditions).join(', ')}`,
    );
  const isChanged = ([name, { maskOf }]: readonly [string, Variable]): boolean =>
    Object.hasOwn(as, name) || (maskOf !== undefined && Object.hasOwn(as, maskOf));
  const changed = await encodeAll(Object.fromEntries(Object.entries(conditions).filter(isChanged)), as);
  const all = Object.fromEntries(
    Object.keys(conditions).flatMap((name) => {
      const rows = changed.values[name] ?? values[name];
      return rows ? [[name, rows] as const] : [];
    }),
  );
  const rows = Math.max(1, ...Object.values(all).map((own) => own.rows));
  const other = Object.values(all).find((own) => own.rows !== 1 && own.rows !== rows);
  if (other)
    throw new InvalidData(
      `as: expected one value, or one for each of ${rows} examples, got ${other.rows}; give as many of both`,
    );
  return { rows, values: all };
};
