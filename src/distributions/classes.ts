import { checkCall } from '../dsl/check-arguments.ts';
import { TARGET_OPTIONS, type MaskOption } from '../dsl/target.ts';
import { InvalidModel } from '../errors.ts';
import type { Shape } from '../shape/shape.ts';
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

/** Returns the arguments of `categorical` or `ordinal`. @throws InvalidModel for invalid classes, and for meaningless options. */
const classesOf = (
  name: string,
  args: readonly unknown[],
): CategoricalOptions<Shape> & { readonly count: number; readonly names: readonly string[] } => {
  const [first, options] = args;
  if (typeof first === 'number') {
    checkCall(name, COUNTED, args);
    // Just checked.
    return { ...((options ?? {}) as CategoricalOptions<Shape>), count: first, names: [] };
  }
  checkCall(name, named(name), args);
  const names = args.filter(isText);
  if (names.length < 2)
    throw new InvalidModel(
      `${name}: expected at least 2 classes, got ${names.length}; give their number or their names`,
    );
  if (new Set(names).size < names.length)
    throw new InvalidModel(`${name}: expected names that differ, got ${names.join(', ')}; rename one`);
  return { count: names.length, names };
};

/** Returns the members that all targets of classes share. */
export const classes = (name: string, args: readonly unknown[]) => {
  const { names, count, at = [], mask } = classesOf(name, args);
  return {
    kind: 'categorical' as const,
    shape: [...at, count],
    dataShape: [...at],
    classes: names.length > 0 ? names : count,
    ...(mask !== undefined && { mask }),
    scalable: false,
  };
};

const COUNTED = {
  args: [rule('at least 2 classes', (value) => isWhole(value, 2), 'give their number or their names')],
  options: {
    at: rule(
      'a list of positive whole numbers',
      (value) => Array.isArray(value) && value.every((n) => isWhole(n)),
      'give the shape in which classes stand, such as [28, 28]',
    ),
    mask: TARGET_OPTIONS.mask,
  },
};

const named = (name: string) => ({
  rest: rule('a number of classes, or their names one by one,', isText, `give ${name}(10) or ${name}('cat', 'dog')`),
});
