import { InvalidModel } from '../errors.ts';
import { isList } from '../values/lists.ts';
import { callable, nameRule, optional, refusal, rule, type Rule } from '../values/rules.ts';
import { received } from '../values/value-text.ts';

/** The required members of a custom op, by name. */
const MEMBERS: Readonly<Record<string, Rule>> = {
  name: nameRule(true, 'name the op'),
  shape: callable('a function of shapes', 'give the shape of its result'),
  run: callable('a function of TensorFlow.js', 'compute it there'),
  lower: callable('a function of the ONNX builder', 'write it there'),
  params: optional(callable('a function of shapes', 'declare its parameters, or leave it out')),
  lead: optional(callable('a function of leads', 'leave it out, unless rows are repeated or meaned')),
};

/**
 * Checks a custom op, its inputs and its attributes, since types check none of this in JavaScript.
 *
 * @throws InvalidModel if it is not an op, has no inputs, or has attributes that are not numbers.
 */
export const checkOwnOp = (where: string, op: unknown, inputs: unknown, attrs: unknown): void => {
  if (typeof op !== 'object' || op === null)
    throw new InvalidModel(
      `${where}: expected an op, got ${received(op)}; give an object with name, shape, run and lower`,
    );
  const has = (name: string): unknown => Reflect.get(op, name);
  for (const [name, one] of Object.entries(MEMBERS)) {
    const sentence = refusal(one, has(name), received, name);
    if (sentence !== undefined) throw new InvalidModel(`${where}: ${sentence}`);
  }
  const refused = refusal(INPUTS, inputs, received) ?? refusal(ATTRIBUTES, attrs, received);
  if (refused !== undefined) throw new InvalidModel(`${where}: ${refused}`);
};

const INPUTS = rule(
  'a list of one or more inputs',
  (value) => Array.isArray(value) && value.length > 0,
  'give the tensors that it is applied to: apply(op, [x], {})',
);

const isMeant = (value: unknown): boolean => value !== undefined && !(typeof value === 'number' && Number.isNaN(value));

const ATTRIBUTES = rule(
  'attributes as an object, none of them NaN or undefined',
  (value) => typeof value === 'object' && value !== null && !isList(value) && Object.values(value).every(isMeant),
  'give {} where the op has none',
);
