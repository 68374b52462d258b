import { InvalidGraph } from '../errors.ts';
import { optionsRefusal, type Rules } from '../values/rules.ts';
import { received } from '../values/value-text.ts';

/** Checks the options of a function. @throws InvalidGraph for unknown options, and values that make no sense. */
export const checkOptions = (where: string, rules: Rules, options: unknown, required: readonly string[] = []): void => {
  const sentence = optionsRefusal(rules, options, received, required);
  if (sentence !== undefined) throw new InvalidGraph(`${where}: ${sentence}`);
};
