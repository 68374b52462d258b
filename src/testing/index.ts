// The door to what tests ops and layers with: a user's own as well as the library's.
export type { Case, CaseInput, OpCase } from './case.ts';
export { testLayer, type Layer, type Report } from './layer.ts';
export { testOp } from './op.ts';
