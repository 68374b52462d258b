import { InvalidModel } from '../errors.ts';
import {
  callRefusal,
  moreThan,
  optionsRefusal,
  refusal,
  rule,
  type Call,
  type Rule,
  type Rules,
} from '../values/rules.ts';
import { describe, isTensor } from './tensor.ts';
import { here, refuseWhereApplied, upcoming } from './trace.ts';

/** The rule of an argument or option that is a tensor. */
export const TENSOR: Rule = rule('a tensor', isTensor, 'pass a tensor, such as dense(10)(x)');

/** Checks a value against a rule. @throws InvalidModel if the rule rejects it. */
export const check = (where: string, rule: Rule, value: unknown, as?: string): void =>
  fail(where, refusal(rule, value, describe, as));

/** Checks options. @throws InvalidModel if they are not an object, an option is unknown, or a value makes no sense. */
export const checkOptions = (where: string, rules: Rules, options: unknown, required: readonly string[] = []): void =>
  fail(where, optionsRefusal(rules, options, describe, required));

/** Checks the arguments of a call. @throws InvalidModel for arguments that the function does not take. */
export const checkCall = (where: string, call: Call, args: readonly unknown[]): void =>
  fail(where, callRefusal(call, args, describe));

const fail = (where: string, sentence: string | undefined): void => {
  if (sentence !== undefined) throw new InvalidModel(`${where}: ${sentence}`);
};

/** Checks tensors that are given one by one. @throws InvalidModel if one is none, or there are none. */
export const checkTensors = (name: string, list: readonly unknown[]): void => {
  const wrong = list.findIndex((x) => !isTensor(x));
  if (wrong !== -1 || list.length === 0)
    fail(
      upcoming(name),
      `expected tensors one by one, got ${describe(list[wrong])}; give one or more: ${name}(a, b), ${name}(...list)`,
    );
};

/** Any function, whatever its inputs and outputs. */
type Fn = (...args: never[]) => unknown;

/** Wraps a function so that its arguments are checked whenever it is called; errors refer to it by `name`. */
export const taking = <F extends Fn>(name: string, call: Call, f: F): F => {
  const checked = (...args: never[]): unknown => {
    checkCall(here(name), call, args);
    return f(...args);
  };
  // Has the same inputs and outputs as `f`.
  return checked as F;
};

/** Wraps a layer that takes a single tensor. As a callback of `map` it also receives an index and the list. */
export const plain = <F extends Fn>(name: string, f: F): F => {
  const checked = (...args: never[]): unknown => {
    const [x, ...others]: readonly unknown[] = args;
    const mapped = others.length === 2 && typeof others[0] === 'number' && Array.isArray(others[1]);
    if (!isTensor(x))
      fail(upcoming(name), `expected a tensor, got ${describe(x)}; pass a tensor, such as dense(10)(x)`);
    if (others.length > 0 && !mapped) fail(upcoming(name), moreThan(1, args, describe));
    return f(...args);
  };
  // As above.
  return checked as F;
};

/**
 * Wraps a layer that is created with arguments, such as `dense(200)`. The arguments are checked when it is created, and
 * an error is reported where it is applied, by its name there (`decoder/dense_2`); outside a network's body, at once.
 */
export const layer = <F extends Fn>(name: string, call: Call, make: F): F => {
  const checked = (...args: never[]): Fn => {
    const sentence = callRefusal(call, args, describe);
    // A tensor among the arguments means that the layer was applied before it was created.
    if (sentence !== undefined && args.some((arg: unknown) => isTensor(arg)))
      fail(upcoming(name), sentence.replace(/; .*$/, `; make it first, and apply what ${name}(…) gives`));
    // The result is a layer; a return type that stated so would stop TypeScript from inferring the rest.
    return sentence === undefined ? plain(name, make(...args) as Fn) : refuseWhereApplied(name, sentence);
  };
  // As above.
  return checked as F;
};
