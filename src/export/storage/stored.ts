import type { OnnxGraph } from '../../onnx/graph.ts';
import type { Calibration } from './calibrate.ts';
import { halved } from './float16.ts';
import { packed } from './int4.ts';
import { quantised } from './int8.ts';

/** How weights may be stored. */
export type StoredPrecision = 'float32' | 'float16' | 'int8' | 'int4';

/** Which layers are stored otherwise, and what int4 needs to know. */
export interface Stored {
  readonly precision: StoredPrecision;
  /** Initializers in the units of the data, which keep their numbers: `unitsIn`. */
  readonly exact: ReadonlySet<string>;
  /** Layers whose weights stay float32. */
  readonly keepFloat32?: readonly string[];
  /** With int4: layers that are int8, as all are that are too small, or that the calibration does not know. */
  readonly int8?: readonly string[];
  readonly calibration?: Calibration;
}

/** Returns a graph with its weights as they are stored. */
export const storedAs = (
  graph: OnnxGraph,
  { precision, exact, keepFloat32 = [], int8 = [], calibration }: Stored,
): OnnxGraph => {
  if (precision === 'float32') return graph;
  if (precision === 'float16') return halved(graph, exact);
  const whole =
    precision === 'int4' && calibration
      ? packed(graph, calibration, { exact, layers: new Set([...keepFloat32, ...int8]) })
      : graph;
  return quantised(whole, { exact, layers: new Set(keepFloat32) });
};
