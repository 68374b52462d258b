import { classCountOf, isByIndex } from '../values/class-count.ts';
import type { DistributionData } from '../distributions/data/distribution-data.ts';
import { distributionOf } from '../distributions/data/table.ts';
import { normals, stream, uniforms } from '../random.ts';
import { size } from '../shape/size.ts';
import type { Interface, Signature } from '../signature.ts';
import { maskName } from '../values/mask-name.ts';
import { own } from '../values/own.ts';
import type { Values } from './engine.ts';

/** How a variable of a model is distributed in the data, as far as its signature shows. */
type Kind = Pick<Signature['target'], 'scaling'> & {
  readonly kind: DistributionData['values'] | 'coin' | 'index';
  readonly classes?: number;
};

/**
 * Returns realistic inputs for a file, the same on every machine: z and noise from N(0, 1), classes as the file takes them, pixels from 0 to 1,
 * a mask of 0 and 1, counts below 10, positive numbers around 1, other numbers in the range of the data.
 */
export const realisticInputs = (signature: Signature, { inputs }: Interface, batch: number): Values =>
  Object.fromEntries(
    Object.entries(inputs).map(([name, shape]) => [
      name,
      { data: draw(kindOf(signature, name), shape, batch, name), shape: [batch, ...shape] },
    ]),
  );

const kindOf = ({ conditions, target }: Signature, name: string): Kind => {
  const targets = target.targets ?? { y: target };
  if (Object.keys(targets).some((key) => name === maskName(key))) return { kind: 'coin' };
  const condition = own(conditions, name);
  if (condition?.maskOf !== undefined) return { kind: 'coin' };
  // What is known of a target is as the target is.
  const key = condition?.knownOf ?? name;
  const y = name === 'previous' ? target : (own(targets, key) ?? own(target.targets, key.replace(/^previous_/, '')));
  if (y) {
    const { scaling } = y;
    return { kind: distributionOf(y).values, ...(scaling && { scaling }) };
  }
  if (condition === undefined && /(^|_)uniform$/.test(name)) return { kind: 'unit' };
  if (condition?.kind === 'image') return { kind: 'unit' };
  if (condition?.kind === 'categorical')
    return { kind: isByIndex(condition) ? 'index' : 'classes', classes: classCountOf(condition) };
  return { kind: 'real', ...(condition?.scaling && { scaling: condition.scaling }) };
};

const draw = (
  { kind, scaling, classes: count = 1 }: Kind,
  shape: readonly number[],
  batch: number,
  name: string,
): Float32Array => {
  const length = size(shape);
  const key = stream(1, 'verify', name);
  if (kind === 'unit') return uniforms(key, batch, length);
  if (kind === 'coin') return uniforms(key, batch, length).map(Math.round);
  if (kind === 'index') return uniforms(key, batch, length).map((u) => Math.floor(u * count));
  if (kind === 'counts') return uniforms(key, batch, length).map((u) => Math.floor(10 * u));
  if (kind === 'positive') return normals(key, batch, length).map(Math.exp);
  if (kind === 'real') {
    const { mean = [], deviation = [] } = scaling ?? {};
    return normals(key, batch, length).map((x, i) => (mean[i % length] ?? 0) + (deviation[i % length] ?? 1) * x);
  }
  const classes = shape.at(-1) ?? 1;
  const data = new Float32Array(batch * length);
  uniforms(key, batch, length / classes).forEach((u, i) => (data[i * classes + Math.floor(u * classes)] = 1));
  return data;
};
