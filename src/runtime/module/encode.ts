import { InvalidData } from '../../errors.ts';
import { size } from '../../shape/size.ts';
import type { Manifest, TargetSignature } from '../../signature.ts';
import type { Model, Prior } from '../model.ts';
import { inOrder, runRows, spread } from '../rows.ts';
import type { FileRunner } from '../sessions.ts';
import { usualValue, type Rows, type Variable } from '../usual-values.ts';
import { encodeConditions, encodeValue } from '../values.ts';

/** A model with its recognition network. */
export interface EncodingModel extends Model {
  /**
   * Returns q(z|x,y): mean and log σ², [rows, latent] each, of examples: y (of several targets, by name), and their conditions. Throws
   * an `InvalidData` for what does not fit.
   */
  encode(y: unknown, conditions: Readonly<Record<string, unknown>>): Promise<Prior>;
}

/** Returns a model that encodes examples, by its file `recognition`. */
export const withEncode = (model: Model, manifest: Manifest, engine: FileRunner): Model => {
  const { files, conditions, target, latent } = manifest;
  const file = files.recognition;
  if (!file) return model;
  const encode: EncodingModel['encode'] = async (y, given) => {
    const encoded = encodeConditions(conditions, given);
    const targets = target.targets ? Object.entries(target.targets) : [['y', target] as const];
    const values: Record<string, Rows> = { ...encoded.values };
    for (const [name, one] of targets) {
      const own: unknown = target.targets ? Object(y)[name] : y;
      if (own === undefined) throw new InvalidData(`${name}: expected a value of the target, got nothing; give one`);
      const variable = variableOf(one, file.inputs[name] ?? one.shape);
      values[name] = usualValue(variable, own) ?? encodeValue(name, variable, own);
    }
    const rows = Math.max(...Object.values(values).map((one) => one.rows));
    for (const [name, one] of Object.entries(values))
      if (one.rows !== 1 && one.rows !== rows)
        throw new InvalidData(
          `${name}: expected ${rows} values, as others have, got ${one.rows}; give one, or as many`,
        );
    // Nothing of these examples is missing.
    for (const [name, shape] of Object.entries(file.inputs))
      values[name] ??= { rows: 1, size: size(shape), data: new Float32Array(size(shape)).fill(1) };
    const inputs = Object.fromEntries(Object.entries(values).map(([name, one]) => [name, spread(one, inOrder)]));
    const { mean = new Float32Array(), logVar = new Float32Array() } = await runRows(
      engine,
      'recognition',
      file,
      rows,
      inputs,
    );
    const shape = [rows, latent];
    return { mean: { data: mean, shape }, logVar: { data: logVar, shape } };
  };
  return { ...model, encode } as Model; // with one more method, which the types of `model.js` have
};

/** Returns what determines how a target's values are given. */
const variableOf = ({ classes, dataShape, image }: TargetSignature, shape: readonly number[]): Variable =>
  classes === undefined
    ? { kind: 'continuous', shape, dataShape, ...(image && { image }) }
    : { kind: 'categorical', shape, dataShape, classes };
