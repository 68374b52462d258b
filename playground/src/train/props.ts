import type { Numbers } from 'cvae-compile/runtime';
import type { Manifest, Specimen } from '../../../src/signature.ts';

/** Parameters by their full names, in place of those in the files. */
export type Weights = ReadonlyMap<string, Numbers>;

/** What the panel for fine-tuning is given. */
export interface TrainPanelProps {
  readonly folder: URL;
  readonly wasmPaths: URL;
  readonly manifest: Manifest;
  /** The conditions as they are now, as `sample` takes them. */
  readonly conditions: Readonly<Record<string, unknown>>;
  readonly seed: number;
  readonly examples: readonly Specimen[];
  /** Shows the model with other weights; its own again where there are none. */
  readonly onWeights: (weights: Weights | undefined) => void;
}
