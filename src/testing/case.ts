import type { Lead } from '../graph/op.ts';
import type { Shape } from '../shape/shape.ts';
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

/** An input as a case means it. */
export const fullInput = (input: Shape | CaseInput): CaseInput => ('shape' in input ? input : { shape: input });

/** What messages call a case. */
export const caseName = ({ name, inputs }: Case): string =>
  name ?? inputs.map((input) => show(fullInput(input).shape)).join(' and ');
