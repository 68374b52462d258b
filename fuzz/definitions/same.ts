// What a claim in a definition means: to the compiler, that a value's type is this one and no other; at run time, that its shape
// is what the type says. Next to each claimed definition.
import type { Tensor } from 'cvae-compile';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type If<A, B> = Same<A, B> extends true ? [] : [expected: B, got: A];

/** A claim with the shape that a graph must have there, where the value is a tensor. */
export const is =
  <B>() =>
  <A>(value: A, shape?: B extends Tensor<infer S> ? S : undefined, ..._wrong: If<A, B>): void => {
    if (shape === undefined) return;
    const found = typeof value === 'object' && value !== null && 'shape' in value ? String(value.shape) : 'none';
    if (found !== `${shape}`) throw new Error(`expected the shape [${shape}], got [${found}]`);
  };
