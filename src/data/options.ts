import { InvalidData } from '../errors.ts';
import { list, tell } from '../values/tell.ts';

/** Refuses options that are no object, or have other names than these: what has no effect is a mistake. */
export const checkOptions = (where: string, options: unknown, known: readonly string[]): void => {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw new InvalidData(`${where}: expected options as an object, got ${tell(options)}; give ${list(known)}`);
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new InvalidData(`${where}: expected the options ${list(known)}, got ${unknown}; correct it or leave it out`);
};

/** Refuses an option's value that is not right. */
export const checkOption = (where: string, name: string, right: boolean, what: string, value: unknown): void => {
  if (!right) throw new InvalidData(`${where}: expected ${what} as ${name}, got ${tell(value)}; correct it`);
};
