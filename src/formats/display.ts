import { object, positive, type TypeOf } from './schema.ts';

/** How to show what a model draws: the temperature of samples that are recognisable and still differ, as measured on held-out examples. */
export const display = object({ temperature: positive });
export interface Display extends TypeOf<typeof display> {}
