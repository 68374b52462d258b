/**
 * The part of a definition that the runtime's types need: `cvae()` and `predictor()` return values of this type, and nothing of
 * the definition is loaded to run its files.
 */
export interface Definition {
  readonly '~kind': 'cvae' | 'predictor';
  readonly condition: Readonly<Record<string, { readonly '~value'?: unknown }>>;
  readonly target?: { readonly targets?: Readonly<Record<string, unknown>> };
}

/** A value of one condition, or a batch of them. */
export type ConditionValue<V> = V extends { readonly '~value'?: infer U } ? U | readonly U[] : never;

/** The conditions of a definition, by name. Conditions with a single value share it across the batch of the others. */
export type ConditionsOf<M extends Definition> = {
  readonly [K in keyof M['condition']]: ConditionValue<M['condition'][K]>;
};
