/**
 * The part of a definition that the runtime's types need: `cvae()` and `predictor()` return values of this type, and nothing of
 * the definition is loaded to run its files.
 */
export interface Definition {
  readonly '~kind': 'cvae' | 'predictor';
  readonly condition: Readonly<Record<string, { readonly '~value'?: unknown }>>;
  readonly target?: { readonly '~value'?: unknown; readonly targets?: Readonly<Record<string, unknown>> };
}

/** A value of one condition, or a batch of them; of several axes, each also as lists within lists. */
export type ConditionValue<V> = V extends { readonly '~value'?: infer U } ? Lists<U, ShapeOf<V>> : never;

type ShapeOf<V> = V extends { readonly shape: infer S } ? S : readonly [];

/** A value, or a list of them, or, for each further axis of a shape, lists of these. */
type Lists<U, S> = S extends readonly [unknown, unknown, ...infer R]
  ? U | readonly Lists<U, readonly [unknown, ...R]>[]
  : U | readonly U[];

/** The names of conditions whose values may be missing. */
type Missing<C> = { readonly [K in keyof C]: C[K] extends { readonly mask: true } ? K : never }[keyof C];

/** A value that may be missing, a batch of them, or the elements of one. */
export type KnownValue<V> = V extends { readonly '~value'?: infer U } ? Lists<One<U>, ShapeOf<V>> : never;

/** One value of type U, which may be missing as a whole, or of which elements may be. */
type One<U> = U | null | readonly (number | string | null)[];

/**
 * The conditions of a definition, by name. Conditions with a single value share it across the batch of the others. One with
 * `{ mask: true }` may be null or left out.
 */
export type ConditionsOf<M extends Definition> = [Missing<M['condition']>] extends [never]
  ? { readonly [K in keyof M['condition']]: ConditionValue<M['condition'][K]> }
  : {
      readonly [K in Exclude<keyof M['condition'], Missing<M['condition']>>]: ConditionValue<M['condition'][K]>;
    } & { readonly [K in Missing<M['condition']>]?: KnownValue<M['condition'][K]> };

/** The names of conditions that give what is known of a target. */
type Known = 'known' | `known_${string}`;

/** What `impute` takes: conditions, and what is known of targets by their names. */
export type ImputableOf<M extends Definition> = Omit<ConditionsOf<M>, Known> &
  (M['target'] extends { readonly targets: infer T }
    ? { readonly [N in keyof T & string]?: KnownValueOf<M['condition'], `known_${N}`> }
    : { readonly y?: KnownValueOf<M['condition'], 'known'> });

/** The type of what a condition of this name gives, if there is one. */
type KnownValueOf<C, N extends string> = C extends { readonly [K in N]: infer V } ? KnownValue<V> : never;

/** A value of a target, whose elements may be missing if it has a mask. */
type TargetValue<T> = T extends { readonly mask: string | true } ? KnownValue<T> : ConditionValue<T>;

/** Whether elements of y count, 1, or are missing, 0: by default all that are not null do. */
type MaskValue = ArrayLike<number> | readonly ArrayLike<number>[];

/**
 * An example of a definition: its conditions, and what the target was, as `y`, or each of several targets by its name; one value of each,
 * or a batch. A target with a mask may have elements that are null, or comes with a `mask` (`rain_mask` of one of several).
 */
export type ExampleOf<M extends Definition> = ConditionsOf<M> &
  (M['target'] extends { readonly targets: infer T }
    ? { readonly [K in keyof T]: TargetValue<T[K]> } & {
        readonly [
          K in keyof T as T[K] extends { readonly mask: string | true } ? `${K & string}_mask` : never
        ]?: MaskValue;
      }
    : // Of any definition nothing is known.
      undefined extends M['target']
      ? unknown
      : { readonly y: TargetValue<M['target']> } & (M['target'] extends { readonly mask: string | true }
          ? { readonly mask?: MaskValue }
          : unknown));
