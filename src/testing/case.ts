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
import { told } from '../values/value-text.ts';
import { show } from '../shape/show.ts';

/** An input of a case: its shape, and what it is drawn from. */
export interface CaseInput {
  readonly shape: Shape;
  /** What stands before it: 1, the batch axis, unless given; 0, nothing; k, k samples for each example. */
  readonly lead?: Lead;
  /** It is drawn uniformly between these; from N(0, 1) where they are left out. Parity needs no more than trained models do. */
  readonly between?: readonly [low: number, high: number];
  /** Its numbers, over and over as often as needed, instead of drawn ones: for ties, edges and large numbers. */
  readonly values?: readonly number[];
}

/** What an op or a layer is tried with. */
export interface Case {
  /** What messages call it; its inputs' shapes where it is left out. */
  readonly name?: string;
  /** Shapes without the batch axis, or more about an input. */
  readonly inputs: readonly (Shape | CaseInput)[];
  /** The output's shape that is expected, where there is one output. */
  readonly shape?: Shape;
  /** Numbers of examples, 1 and 3 unless given. */
  readonly batches?: readonly number[];
  /**
   * What gradients are compared with: slopes of the reference, unless this is false; `'none'`, with 0; `'alike'`, with one
   * another, for kinks, where there is no slope.
   */
  readonly gradient?: boolean | 'none' | 'alike';
  /** How far values may be apart, relative to them where they are above 1: 1e-5 unless given. */
  readonly tolerance?: number;
}

/** A case of an op, with what it is applied with. */
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
      value.every((one) => SHAPE.holds(one) || optionsRefusal(INPUT, one, told, ['shape']) === undefined),
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

/** @throws InvalidModel for what is no case: nothing would be tried, or not what was meant. */
export const checkCase = (where: string, given: unknown): void => checkOptions(where, CASE, given, ['inputs']);
/** The same of a case of an op. */
export const checkOpCase = (where: string, given: unknown): void =>
  checkOptions(where, OP_CASE, given, ['inputs', 'attrs']);

/** An input as a case means it. */
export const fullInput = (input: Shape | CaseInput): CaseInput => ('shape' in input ? input : { shape: input });

/** What messages call a case. */
export const caseName = ({ name, inputs }: Case): string =>
  name ?? inputs.map((input) => show(fullInput(input).shape)).join(' and ');
