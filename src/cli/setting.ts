import { InvalidArgumentError } from 'commander';
import type { Settings } from './conditions.ts';

/** No settings. */
export const NONE: Settings = new Map();

/** Reads an option such as `--set digit=7`, which may be repeated. */
export const setting = (text: string, before = NONE): Settings => {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('Expected condition=value, such as digit=7.');
  const name = text.slice(0, at);
  return new Map([...before, [name, [...(before.get(name) ?? []), text.slice(at + 1)]]]);
};
