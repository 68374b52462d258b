import { show } from '../shape/show.ts';
import { size } from '../shape/size.ts';
import { InvalidData } from '../errors.ts';
import { valueText } from '../values/value-text.ts';
import { classesText, classRemedy } from './class-words.ts';
import type { Variable } from './variable.ts';

/** What can be wrong with a value. */
export type Wrong =
  | 'names'
  | 'unknown'
  | 'rows'
  | 'missing'
  | 'empty'
  | 'kind'
  | 'length'
  | 'class'
  | 'several'
  | 'number'
  | 'range'
  | 'rounded'
  | 'binary'
  | 'channels'
  | 'picture';

/** Further details for the sentence: the variable, how many were expected or the index, and the names there are. */
interface Details {
  readonly variable?: Variable;
  readonly at?: number;
  readonly names?: readonly string[];
}

/** Returns the error for a value that does not fit: what was expected, what was given, and the remedy. */
export const refused = (
  name: string,
  wrong: Wrong,
  got: unknown,
  { variable = NONE, at = 0, names = [] }: Details,
): InvalidData => {
  const [expected, found, remedy] = words(wrong, got, variable, at, names);
  return new InvalidData(`${name}: expected ${expected}, got ${found}; ${remedy}`);
};

const NONE: Variable = { kind: 'continuous', shape: [], dataShape: [] };

const words = (
  wrong: Wrong,
  got: unknown,
  variable: Variable,
  at: number,
  names: readonly string[],
): readonly [expected: string, found: string, remedy: string] => {
  const wanted = described(variable);
  switch (wrong) {
    case 'names':
      return [
        'an object with a value for each condition',
        valueText(got),
        names.length > 0 ? `give { ${names.join(', ')} }` : 'give {}',
      ];
    case 'unknown':
      return ['conditions of this model', 'another', `give ${names.join(', ') || 'none'}`];
    case 'rows':
      return [`one value or ${at}, as of the other conditions`, `${String(got)}`, 'give as many of each'];
    case 'missing':
      return [wanted, 'nothing', 'give it'];
    case 'empty':
      return [`${wanted}, or several`, 'an empty list', 'give one'];
    case 'kind':
      return [wanted, valueText(got), formOf(variable)];
    case 'length':
      return [wanted, got === 1 ? '1 number' : `${String(got)} numbers`, `give ${at} in one list`];
    case 'class':
      return [wanted, valueText(got), classRemedy(variable, got)];
    case 'several':
      return [wanted, `${valueText(got)}, which several are called`, 'give the name as text'];
    case 'number':
      return [wanted, `${valueText(got)} at ${at}`, got === undefined ? 'give all of them' : 'give finite numbers'];
    case 'range':
      return rangeWords(wanted, variable, Number(got), at);
    case 'rounded':
      return [
        `${wanted} that float32 can tell apart`,
        `${valueText(got)} at ${at}, of which float32 keeps ${Math.fround(Number(got))}`,
        'subtract a constant from these values before training, and subtract the same one here',
      ];
    case 'binary':
      return [wanted, 'bytes that are all 0 or 1', 'give 0 and 255, or 0 and 1 as a Float32Array'];
    case 'channels':
      return [
        wanted,
        `${valueText(got)}, ${at} times as many`,
        variable.kind === 'image' || variable.image
          ? 'pass the pixels of a canvas as an ImageData, and several images as a list'
          : 'give several values as a list of them',
      ];
    case 'picture':
      return [wanted, pictureText(got), 'give an image of this size'];
  }
};

/** Returns the forms in which a value may be given. */
const formOf = ({ kind, shape, unit }: Variable): string => {
  if (kind === 'categorical') return 'give one of these';
  if (kind === 'image' || unit === 'pixels') return `give an array of ${size(shape)} numbers, or an ImageData`;
  return size(shape) === 1 ? 'give a number' : `give an array of ${size(shape)} numbers`;
};

const rangeWords = (
  wanted: string,
  { unit }: Variable,
  value: number,
  at: number,
): readonly [expected: string, found: string, remedy: string] => [
  unit === undefined ? 'pixels from 0 to 1' : `${wanted} from 0 to 1`,
  `${value} at ${at}`,
  unit === 'as they are'
    ? 'pass 1 for elements that count and 0 for the others'
    : value < 0
      ? 'scale them to 0 to 1, as in training'
      : 'divide by 255, or give them as a Uint8Array',
];

const pictureText = (picture: unknown): string => {
  const { width, height, channels = 4 }: Readonly<Record<string, unknown>> = Object(picture);
  return `an image of [${String(height)}, ${String(width)}, ${String(channels)}]`;
};

const described = (variable: Variable): string => {
  const { kind, shape, dataShape, unit } = variable;
  const many = dataShape.length > 0 ? ` for each of ${show(dataShape)}` : '';
  if (kind === 'categorical') return `a class${many}, ${classesText(variable)}`;
  if (kind === 'image' || unit === 'pixels') return `pixels of ${show(shape)}`;
  return size(shape) === 1 ? 'a number' : `numbers of ${show(shape)}`;
};
