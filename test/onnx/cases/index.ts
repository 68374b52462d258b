import type { Operator } from '../../../src/onnx/schema.ts';
import type { Case } from './case.ts';
import { CONTROL_CASES } from './control.ts';
import { ELEMENTWISE_CASES } from './elementwise.ts';
import { NETWORKS_CASES } from './networks.ts';
import { SHAPES_CASES } from './shapes.ts';

/** Cases for every operator in use: one without is an error of types. */
export const CASES: Readonly<Record<Operator, readonly Case[]>> = {
  ...ELEMENTWISE_CASES,
  ...SHAPES_CASES,
  ...NETWORKS_CASES,
  ...CONTROL_CASES,
};
