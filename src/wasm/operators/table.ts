import type { Lowering } from '../lowering.ts';
import { CONVOLUTION } from './convolution.ts';
import { ELEMENTWISE } from './elementwise.ts';
import { MOVES } from './moves.ts';
import { POOLING } from './pooling.ts';
import { PRODUCTS } from './products.ts';
import { RECURRENCE } from './recurrence.ts';
import { RESIZING } from './resizing.ts';
import { ROWS } from './rows.ts';

/** How each operator becomes WebAssembly: a family in a file. */
export const LOWERINGS: Readonly<Record<string, Lowering>> = {
  ...ELEMENTWISE,
  ...CONVOLUTION,
  ...MOVES,
  ...POOLING,
  ...PRODUCTS,
  ...RECURRENCE,
  ...RESIZING,
  ...ROWS,
};
