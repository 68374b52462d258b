import { InvalidGraph } from '../errors.ts';
import { optionsRefusal, type Rules } from '../values/rules.ts';
import { told } from '../values/value-text.ts';

/** @throws InvalidGraph for options that a function has not, and values that cannot be meant. */
export const checkOptions = (where: string, rules: Rules, options: unknown, required: readonly string[] = []): void => {
  const sentence = optionsRefusal(rules, options, told, required);
  if (sentence !== undefined) throw new InvalidGraph(`${where}: ${sentence}`);
};
