import type { Lead } from '../graph/op.ts';
import { checkOptions } from '../dsl/check-arguments.ts';
import type { Shape } from '../shape/shape.ts';
import {
  above0,
  isPlain,
  isText,
  isWhole,
  oneOf,
  optionsRefusal,
  rule,
  wholeFrom0,
  type Rule,
} from '../values/rules.ts';
import { received } from '../values/value-text.ts';
import { show } from '../shape/show.ts';

/** An input of a case: its shape, and the distribution it is drawn from. */
export interface CaseInput {
  readonly shape: Shape;
  /** The leading axis: 1, the batch axis, by default; 0, none; k, k samples for each example. */
  readonly lead?: Lead;
  /**
   * Its numbers are drawn uniformly between these; by default from N(0, 1). Parity needs no wider range than trained models have.
   */
  readonly between?: readonly [low: number, high: number];
  /** Its numbers, repeated as often as needed, instead of drawn ones: for ties, edges and large numbers. */
  readonly values?: readonly number[];
}

/** The inputs and expectations with which an op or a layer is tested. */
export interface Case {
  /** The name in messages; the shapes of its inputs by default. */
  readonly name?: string;
  /** Shapes without the batch axis, or fuller descriptions of inputs. */
  readonly inputs: readonly (Shape | CaseInput)[];
  /** The expected shape of the output, if there is one output. */
  readonly shape?: Shape;
  /** The batch sizes, 1 and 3 by default. */
  readonly batches?: readonly number[];
  /**
   * What gradients are compared with: by default slopes of the reference; with `false`, nothing; with `'none'`, 0; with
   * `'alike'`, one another, for kinks, where there is no slope.
   */
  readonly gradient?: boolean | 'none' | 'alike';
  /** The tolerance of values, relative to them if they are above 1: 1e-5 by default. */
  readonly tolerance?: number;
}

/** A case of an op, with the attributes it is applied with. */
export interface OpCase<Attrs extends object> extends Case {
  readonly attrs: Attrs;
}

const SHAPE = rule(
  'a shape',
  (value) => Array.isArray(value) && value.every((length) => isWhole(length)),
  'give the length of each axis but the batch, such as [28, 28, 1]',
);
const isNumbers = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'number');
const INPUT: Readonly<Record<keyof CaseInput, Rule>> = {
  shape: SHAPE,
  lead: wholeFrom0('give 0 for none, or how many samples an example has'),
  between: rule('[low, high]', (value) => isNumbers(value) && value.length === 2, 'give two numbers'),
  values: rule('numbers', isNumbers, 'give at least one'),
};
const CASE: Readonly<Record<keyof Case, Rule>> = {
  name: rule('text', isText, 'say what messages call it'),
  inputs: rule(
    'one or more shapes, or { shape, lead, between, values }',
    (value) =>
      Array.isArray(value) &&
      value.length > 0 &&
      value.every((one) => SHAPE.holds(one) || optionsRefusal(INPUT, one, received, ['shape']) === undefined),
    'give one such as [[28, 28, 1]]',
  ),
  shape: SHAPE,
  batches: rule(
    'numbers of examples',
    (value) => isNumbers(value) && value.every((count) => isWhole(count)),
    'give one or more such as [1, 3]',
  ),
  gradient: oneOf(true, false, 'none', 'alike'),
  tolerance: above0('give how far values may be apart'),
};
const OP_CASE: Readonly<Record<keyof OpCase<object>, Rule>> = {
  ...CASE,
  attrs: rule('an object', isPlain, 'give {} where the op has none'),
};

/** Checks a case. @throws InvalidModel for an invalid one: nothing would be tested, or not what was meant. */
export const checkCase = (where: string, given: unknown): void => checkOptions(where, CASE, given, ['inputs']);
/** The same for a case of an op. */
export const checkOpCase = (where: string, given: unknown): void =>
  checkOptions(where, OP_CASE, given, ['inputs', 'attrs']);

/** Returns an input in its full form. */
export const fullInput = (input: Shape | CaseInput): CaseInput => ('shape' in input ? input : { shape: input });

/** Returns the name of a case in messages. */
export const caseName = ({ name, inputs }: Case): string =>
  name ?? inputs.map((input) => show(fullInput(input).shape)).join(' and ');
