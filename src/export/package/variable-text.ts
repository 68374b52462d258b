import { classCountOf, isByIndex } from '../../values/class-count.ts';
import { asItIs, classesText, listed, type Say } from '../../distributions/data/describe.ts';
import { distributionOf } from '../../distributions/data/table.ts';
import { show } from '../../shape/show.ts';
import { size } from '../../shape/size.ts';
import { isClasses, type Condition, type TargetSignature } from '../../signature.ts';
import { elementTexts } from '../../values/element-names.ts';
import { isNumeral } from '../../values/classes.ts';

/** Says a name in quotes if a list would not show where it ends, or that it is there: one with a comma, a quote or a space at an end. */
const apart =
  (say: Say): Say =>
  (name) =>
    say(
      /[,"]|^\s|\s$|^$/.test(name) ? around(name, ['"', "'", '`'].find((sign) => !name.includes(sign)) ?? '"') : name,
    );

const around = (name: string, sign: string): string => `${sign}${name}${sign}`;

/** Describes a value of a condition as a JavaScript user passes it. */
export const conditionText = (condition: Condition, as = asItIs): string => {
  const say = apart(as);
  const { kind, shape, dataShape, classes, names, units, maskOf } = condition;
  if (maskOf !== undefined) return `1 for each element of ${say(maskOf)} that is known, 0 for one that is missing.`;
  if (kind === 'image')
    return `Pixels of ${show(shape)}, row by row, channels last: numbers from 0 to 1, bytes from 0 to 255, or a page's ImageData.`;
  if (kind === 'continuous') {
    const what = size(shape) === 1 ? 'A number' : `${size(shape)} numbers`;
    const called = names || units ? `: ${listed(elementTexts('value', condition), say)}` : '';
    return `${what}, in the data's own units${called}.`;
  }
  const count = classCountOf(condition);
  const which = `${classesText(classes ?? count, say)}${columnsText(condition, say)}`;
  if (dataShape.length > 0) return `A class for each element of ${show(dataShape)}, ${which}.`;
  const numbers =
    typeof classes === 'object' && classes.some(isNumeral) ? ' A number is the class that is called so.' : '';
  const blend = isByIndex(condition) ? '' : `, or a blend of them: a Float32Array of ${count} weights`;
  return `One of ${count} classes, ${which}${blend}.${numbers}`;
};

/** Describes the numbers of the output `y`. */
export const targetText = (target: TargetSignature, as = asItIs): string => {
  const say = apart(as);
  return `${distributionOf(target).describe(target, say)}${isClasses(target) ? columnsText(target, say) : ''}`;
};

/** The columns of classes, if they are called otherwise than the variable. */
const columnsText = ({ names }: Pick<TargetSignature, 'names'>, say: Say): string =>
  names ? ` (in ${listed(names, say)})` : '';
