import { InvalidModel } from '../errors.ts';
import type { AnyOp, Lead } from './op.ts';

/** The lead of an op's output: its own rule, or that of its inputs, which must be one or none. */
export function leadOf(op: AnyOp, leads: readonly [Lead, ...Lead[]], attrs: object, where: string): Lead {
  if (op.lead) {
    try {
      return op.lead(leads, attrs);
    } catch (error) {
      throw error instanceof InvalidModel ? new InvalidModel(`${where}: ${error.message}`) : error;
    }
  }
  const some = [...new Set(leads.filter((lead) => lead > 0))];
  if (some.length > 1)
    throw new InvalidModel(
      `${where}: expected inputs of one batch axis, got ${some.map((k) => (k === 1 ? 'N' : `N·${k}`)).join(' and ')} examples; repeat or group one of them`,
    );
  return some[0] ?? 0;
}
