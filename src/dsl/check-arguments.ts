import { InvalidModel } from '../errors.ts';
import { callRefusal, moreThan, optionsRefusal, refusal, type Call, type Rule, type Rules } from '../values/rules.ts';
import { describe, isTensor } from './tensor.ts';
import { here, refuseWhereApplied, upcoming } from './trace.ts';

/** @throws InvalidModel for a value that a rule refuses. */
export const check = (where: string, rule: Rule, value: unknown, as?: string): void =>
  fail(where, refusal(rule, value, describe, as));

/** @throws InvalidModel for what are no options, for unknown ones, and for values that cannot be meant. */
export const checkOptions = (where: string, rules: Rules, options: unknown, required: readonly string[] = []): void =>
  fail(where, optionsRefusal(rules, options, describe, required));

/** @throws InvalidModel for arguments that a function does not take. */
export const checkCall = (where: string, call: Call, args: readonly unknown[]): void =>
  fail(where, callRefusal(call, args, describe));

const fail = (where: string, sentence: string | undefined): void => {
  if (sentence !== undefined) throw new InvalidModel(`${where}: ${sentence}`);
};

/** Whatever takes something and gives something. */
type Fn = (...args: never[]) => unknown;

/** A function that is checked when it is called, by its name. */
export const taking = <F extends Fn>(name: string, call: Call, f: F): F => {
  const checked = (...args: never[]): unknown => {
    checkCall(here(name), call, args);
    return f(...args);
  };
  // Takes what `f` takes, and gives what it gives.
  return checked as F;
};

/** A layer that takes a tensor and nothing else; as a callback of `map` it is given an index and the list too. */
export const plain = <F extends Fn>(name: string, f: F): F => {
  const checked = (...args: never[]): unknown => {
    const [x, ...others]: readonly unknown[] = args;
    const mapped = others.length === 2 && typeof others[0] === 'number' && Array.isArray(others[1]);
    if (!isTensor(x)) fail(upcoming(name), `expected a tensor, got ${describe(x)}; give it what a layer gives`);
    if (others.length > 0 && !mapped) fail(upcoming(name), moreThan(1, args, describe));
    return f(...args);
  };
  // As above.
  return checked as F;
};

/**
 * A layer that is made with arguments, `dense(200)`: these are checked when it is made, and what is wrong is said where it is
 * applied, by its name there (`decoder/dense_2`); outside a network's body, at once.
 */
export const layer = <F extends Fn>(name: string, call: Call, make: F): F => {
  const checked = (...args: never[]): Fn => {
    const sentence = callRefusal(call, args, describe);
    // A tensor among them: the layer was applied before it was made.
    if (sentence !== undefined && args.some((arg: unknown) => isTensor(arg)))
      fail(upcoming(name), sentence.replace(/; .*$/, `; make it first, and apply what ${name}(…) gives`));
    // What it makes is a layer; a type that said so would take away what TypeScript infers of it.
    return sentence === undefined ? plain(name, make(...args) as Fn) : refuseWhereApplied(name, sentence);
  };
  // As above.
  return checked as F;
};
