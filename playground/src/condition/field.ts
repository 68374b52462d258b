import type { Condition } from '../../../src/signature.ts';
import type { Value } from './values.ts';

/** A control of one condition. */
export interface FieldProps<K extends Value['kind']> {
  readonly name: string;
  readonly condition: Condition;
  readonly value: Extract<Value, { readonly kind: K }>;
  readonly onChange: (value: Value) => void;
}
