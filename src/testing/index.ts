/**
 * Tests ops and layers on every engine: custom ones as well as the library's.
 *
 * @module cvae-compile/testing
 */
export type { Case, CaseInput, OpCase } from './case.ts';
export { testLayer, type Layer, type Report } from './layer.ts';
export { testOp } from './op.ts';
