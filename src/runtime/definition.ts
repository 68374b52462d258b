/**
 * What the runtime's types need to know of a definition: `cvae()` and `predictor()` give values of this type, and nothing of
 * the definition is loaded to run its files.
 */
export interface Definition {
  readonly '~kind': 'cvae' | 'predictor';
  readonly condition: Readonly<Record<string, { readonly '~value'?: unknown }>>;
}

/** A value of one condition, or a batch of them. */
export type ConditionValue<V> = V extends { readonly '~value'?: infer U } ? U | readonly U[] : never;

/** The conditions of a definition, by name. Those of which there is one value are shared by the others' batch. */
export type ConditionsOf<M extends Definition> = {
  readonly [K in keyof M['condition']]: ConditionValue<M['condition'][K]>;
};
