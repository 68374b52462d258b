import { checkCall } from '../dsl/check-arguments.ts';
import { TARGET_OPTIONS, type MaskOption } from '../dsl/target.ts';
import { InvalidModel } from '../errors.ts';
import type { Shape } from '../shape/shape.ts';
import { show } from '../shape/show.ts';
import { isText, isWhole, rule } from '../values/rules.ts';

/**
 * The shape over which classes are arranged: one class for each pixel with `at: [28, 28]`, or a single one by default.
 */
export interface CategoricalOptions<
  A extends Shape,
  M extends boolean | string = boolean | string,
> extends MaskOption<M> {
  readonly at?: A;
}

/** What is given for classes `V`: one, or at places a list; a list of one's weights is a blend. */
export type Classes<A extends Shape, V> = A extends readonly [] ? V | ArrayLike<number> : ArrayLike<V | number>;

/** The option of a sequence, `at: [steps]`, that may end early. */
export interface EndOption<E> {
  /**
   * The class after which nothing follows, by its number or name: steps behind it add nothing to the loss, and a sample is
   * filled with it. For decoders of `steps` only.
   */
  readonly end?: E;
}

/** Returns the arguments of `categorical` or `ordinal`. @throws InvalidModel for invalid classes, and for meaningless options. */
const classesOf = (name: string, args: readonly unknown[]): ClassOptions => {
  const [first] = args;
  const options = name === 'categorical' ? { ...OPTIONS, end: END } : OPTIONS;
  // Options are checked in both cases.
  const last = (args.find((arg) => typeof arg === 'object') ?? {}) as Options;
  if (typeof first === 'number') {
    checkCall(name, { ...COUNTED, options }, args);
    return { ...last, count: first, names: [] };
  }
  checkCall(name, { ...named(name), options }, args);
  const names = args.filter(isText);
  if (names.length < 2)
    throw new InvalidModel(
      `${name}: expected at least 2 classes, got ${names.length}; give their number or their names`,
    );
  if (new Set(names).size < names.length)
    throw new InvalidModel(`${name}: expected names that differ, got ${names.join(', ')}; rename one`);
  return { ...last, count: names.length, names };
};

type Options = CategoricalOptions<Shape> & EndOption<number | string>;
interface ClassOptions extends Options {
  readonly count: number;
  readonly names: readonly string[];
}

/** Returns the members that all targets of classes share. */
export const classes = (name: string, args: readonly unknown[]) => {
  const { names, count, at = [], mask, end } = classesOf(name, args);
  return {
    kind: 'categorical' as const,
    shape: [...at, count],
    dataShape: [...at],
    classes: names.length > 0 ? names : count,
    ...(mask !== undefined && { mask }),
    ...(end !== undefined && { end: endOf(name, end, at, names.length > 0 ? names : count) }),
    scalable: false,
  };
};

/** Returns the index of the class that ends a sequence. @throws InvalidModel if there is none, or y is no sequence. */
const endOf = (name: string, end: number | string, at: Shape, classes: number | readonly string[]): number => {
  if (at.length !== 1)
    throw new InvalidModel(
      `${name}: expected a sequence with an end, at: [steps], got at: ${show(at)}; correct at, or leave end out`,
    );
  // A number that is a class's name is that class, as in data.
  const index = typeof classes === 'number' ? end : classes.indexOf(String(end));
  const count = typeof classes === 'number' ? classes : classes.length;
  if (typeof index !== 'number' || !isWhole(index, 0) || index >= count)
    throw new InvalidModel(
      `${name}: expected one of its classes as end, ${typeof classes === 'number' ? `a number from 0 to ${classes - 1}` : classes.join(', ')}, got ${end}; choose one`,
    );
  return index;
};

const OPTIONS = {
  at: rule(
    'a list of positive whole numbers',
    (value) => Array.isArray(value) && value.every((n) => isWhole(n)),
    'pass the shape of the places, such as [28, 28]',
  ),
  mask: TARGET_OPTIONS.mask,
};

const END = rule(
  'a class',
  (value) => isText(value) || isWhole(value, 0),
  'give the number or the name of the class after which nothing follows',
);

const COUNTED = {
  args: [rule('at least 2 classes', (value) => isWhole(value, 2), 'give their number or their names')],
};

const named = (name: string) => ({
  rest: rule(
    'a number of classes, or their names one by one,',
    isText,
    `give ${name}(10), ${name}('cat', 'dog') or ${name}(...NAMES)`,
  ),
});
