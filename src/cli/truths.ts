import { InvalidData } from '../errors.ts';
import { outputs } from '../runtime/result.ts';
import type { Picture } from '../runtime/picture.ts';
import { isClasses, type Manifest } from '../signature.ts';
import { classFinder } from '../values/classes.ts';
import type { DataRows } from './data-rows.ts';

/** Returns a function that shows the target of a row of data. @throws InvalidData for a model of several targets, or of no images. */
export const truths = ({ target }: Manifest, rows: DataRows): ((index: number) => Picture) => {
  if (target.targets)
    throw new InvalidData('out: expected a single target as a picture, got several; give a .csv or a .jsonl');
  const find = classFinder(target.classes ?? 0);
  return (index) => {
    const { y } = rows.row(index);
    const values = Array.from(Object(y) as ArrayLike<number | string | null>); // numbers or classes of an image
    const data = Float32Array.from(values, (one) => (isClasses(target) ? find(one) : Number(one ?? 0)));
    return outputs(target, { data, shape: [1, ...target.dataShape] }).image();
  };
};
