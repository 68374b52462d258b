import type { CONTROL } from '../../onnx/operators/table.ts';
import type { Gradient } from './rule.ts';
import { scan } from './scan.ts';

/** Operators that contain graphs. Gradients flow into those of a Scan, whose number of steps is known. */
export const GRADIENT_CONTROL: Readonly<Record<keyof typeof CONTROL, Gradient>> = {
  Loop: { opaque: 'repeats a graph of its own' },
  Scan: scan,
  If: { opaque: 'chooses between graphs of its own' },
};
