import type { Lowering } from '../lowering.ts';
import { ELEMENTWISE } from './elementwise.ts';
import { MOVES } from './moves.ts';
import { PRODUCTS } from './products.ts';

/** How each operator becomes WebAssembly: a family in a file. */
export const LOWERINGS: Readonly<Record<string, Lowering>> = { ...ELEMENTWISE, ...MOVES, ...PRODUCTS };
