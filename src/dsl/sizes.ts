import { InvalidModel } from '../errors.ts';
import type { Init } from '../graph/init.ts';
import type { Shape } from '../shape/shape.ts';
import { show } from '../shape/show.ts';
import { size } from '../shape/size.ts';
import { ownFloats } from '../values/lists.ts';
import { isWhole } from '../values/rules.ts';
import { received } from '../values/value-text.ts';

/**
 * The number of bytes that every value must stay below: an ONNX file holds less than 2 GiB, as do the buffers of most
 * engines.
 */
export const LIMIT = 2 ** 31;

/** Returns a number of bytes as text: `8.0 GiB`. */
export const gibibytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;

/**
 * Checks a shape; `what` it is the shape of, such as `a value` or `kernel`.
 *
 * @throws InvalidModel if it is not a shape, an axis is not a positive whole number, or it exceeds what an engine can
 * hold.
 */
export const checkShape = (where: string, what: string, shape: unknown): void => {
  if (!Array.isArray(shape))
    throw new InvalidModel(
      `${where}: expected a shape for ${what}, got ${received(shape)}; give a list such as [28, 28, 1]`,
    );
  const wrong: unknown = shape.find((n) => !isWhole(n));
  // `find` returns undefined both if it finds nothing and if it finds undefined.
  if (wrong !== undefined || shape.includes(undefined))
    throw new InvalidModel(
      `${where}: expected positive whole dimensions of ${what}, got ${showAny(shape)}; give the length of each axis`,
    );
  const bytes = 4 * size(shape as Shape); // Just checked.
  if (bytes >= LIMIT)
    throw new InvalidModel(
      `${where}: expected less than 2 GiB for ${what}, got ${show(shape as Shape)} with ${gibibytes(bytes)}; make it smaller`,
    );
};

/** Returns a shape as text; its elements may be of any type. */
const showAny = (shape: readonly unknown[]): string =>
  `[${shape.map((n) => (typeof n === 'number' ? n : received(n))).join(', ')}]`;

/**
 * Returns a user's initialiser; if it returns arrays of another realm, one that returns the same values in arrays of
 * this realm. @throws InvalidModel unless it returns a finite number for each element of the shape.
 */
export const checkedInit = (where: string, what: string, shape: Shape, init: Init): Init => {
  const expected = `expected an initialiser that gives a Float32Array of ${size(shape)} finite numbers for ${what}`;
  const remedy = 'give zeros, ones, filled(0.5), glorot(fanIn, fanOut), or a function that does';
  if (typeof init !== 'function') throw new InvalidModel(`${where}: ${expected}, got ${received(init)}; ${remedy}`);
  // A user's initialiser is run here to check it; those of this package run only when needed.
  const values: unknown = init(shape, [0, 0]);
  const numbers = ownFloats(values);
  const unknown = numbers?.find((value) => !Number.isFinite(value));
  if (numbers?.length !== size(shape) || unknown !== undefined)
    throw new InvalidModel(`${where}: ${expected}, got ${unknown ?? received(values)}; ${remedy}`);
  return numbers === values ? init : (...given) => Float32Array.from(init(...given));
};
