/** Whether two types are the same, not only assignable to one another. */
export type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Nothing to pass where the types are the same; else something that nobody passes, so that the error shows both. */
type If<A, B> = Same<A, B> extends true ? [] : [expected: B, got: A];

/** Compiles only where the two types are the same. */
export declare const same: <A, B>(...wrong: If<A, B>) => void;

/** Compiles only where the value's type is `B`. */
export declare const is: <B>() => <A>(value: A, ...wrong: If<A, B>) => void;
