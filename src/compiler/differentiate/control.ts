import type { CONTROL } from '../../onnx/schema/control.ts';
import type { Gradient } from './rule.ts';

/** Operators that contain graphs: gradients do not flow into these. */
export const GRADIENT_CONTROL: Readonly<Record<keyof typeof CONTROL, Gradient>> = {
  Loop: { opaque: 'repeats a graph of its own' },
  Scan: { opaque: 'repeats a graph of its own' },
  If: { opaque: 'chooses between graphs of its own' },
};
