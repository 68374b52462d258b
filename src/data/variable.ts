/**
 * What data must know of a model's variable, a condition or the target `y`. `shape` is what the networks see (one-hot on the
 * last axis for categories), `dataShape` what one example holds. With `data: 'index'` that is a class index an element, or,
 * in a column of `shape`, weights over the classes.
 */
export interface Variable {
  readonly kind: 'categorical' | 'continuous' | 'image' | 'bernoulli' | 'normal' | 'squaredError' | 'mask';
  readonly shape: readonly number[];
  readonly data: 'index' | 'number';
  readonly dataShape: readonly number[];
  readonly classes?: readonly string[];
}

/** A model's variables by name: the conditions, `y`, and `mask` where it takes one. */
export type Variables = Readonly<Record<string, Variable>>;

/** The number of elements in a shape; 1 for a scalar. */
export const elements = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

/** The number of classes of a categorical variable. */
export const classCount = (variable: Variable): number => variable.shape.at(-1) ?? 0;
