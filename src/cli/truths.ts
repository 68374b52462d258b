import { InvalidData } from '../errors.ts';
import { outputs } from '../runtime/result.ts';
import type { Picture } from '../runtime/picture.ts';
import { show } from '../shape/show.ts';
import { isClasses, type Manifest, type TargetSignature } from '../signature.ts';
import { classFinder } from '../values/classes.ts';
import type { DataRows } from './data-rows.ts';

/** Refuses a model whose target cannot be written as a picture. @throws InvalidData */
export const checkPicture = ({ targets, image, classes, dataShape }: TargetSignature): void => {
  if (targets)
    throw new InvalidData('out: expected a single target as a picture, got several; give a .csv or a .jsonl');
  if (!image && !(classes && dataShape.length === 2))
    throw new InvalidData(
      `out: expected a target that is an image as a picture, got one of ${show(dataShape)}; give a .csv or a .jsonl`,
    );
};

/** Returns a function that shows the target of a row of data. @throws InvalidData for a model of several targets, or of no images. */
export const truths = ({ target }: Manifest, rows: DataRows): ((index: number) => Picture) => {
  checkPicture(target);
  const find = classFinder(target.classes ?? 0);
  return (index) => {
    const { y } = rows.row(index);
    const values = Array.from(Object(y) as ArrayLike<number | string | null>); // numbers or classes of an image
    const data = Float32Array.from(values, (one) => (isClasses(target) ? find(one) : Number(one ?? 0)));
    return outputs(target, { data, shape: [1, ...target.dataShape] }).image();
  };
};
