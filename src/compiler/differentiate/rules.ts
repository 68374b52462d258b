import type { Operator } from '../../onnx/schema.ts';
import { GRADIENT_CONTROL } from './control.ts';
import { GRADIENT_ELEMENTWISE } from './elementwise.ts';
import { GRADIENT_SHAPES } from './moves.ts';
import { GRADIENT_NETWORKS } from './networks.ts';
import type { Gradient } from './rule.ts';

/** The gradient rule of each operator. */
export const GRADIENTS: Readonly<Record<Operator, Gradient>> = {
  ...GRADIENT_ELEMENTWISE,
  ...GRADIENT_SHAPES,
  ...GRADIENT_NETWORKS,
  ...GRADIENT_CONTROL,
};
