import type { FindFault } from './distribution-data.ts';
import { countFault, positiveFault, unitFault } from './faults.ts';
import { DISTRIBUTIONS, type Distributed } from './table.ts';

const FAULTS = { positive: positiveFault, unit: unitFault, counts: countFault };

/** Returns a function that finds what is wrong with a finite value of a target; undefined if all values are valid. */
export const faultOf = ({
  distribution,
  settings = {},
  values,
  of,
}: Distributed & { readonly settings?: Readonly<Record<string, number>> }): FindFault | undefined => {
  if (values !== undefined) return FAULTS[values];
  const { fault } = DISTRIBUTIONS[distribution];
  const component = of && faultOf(of);
  return fault && ((value) => fault(value, settings, component));
};
