import type { ComponentType } from 'preact';
import type { ShapedArray } from 'cvae-compile/runtime';
import type { Manifest, Specimen } from '../../../src/signature.ts';

/** Parameters by their full names, in place of those in the files. */
export type Weights = ReadonlyMap<string, ShapedArray>;

/** What the panel for fine-tuning is given. */
export interface TrainPanelProps {
  readonly folder: URL;
  readonly wasmPaths: URL;
  /** What the person has chosen to run the model on. */
  readonly backend: 'wasm' | 'webgpu';
  readonly manifest: Manifest;
  /** The conditions as they are now, as `sample` takes them. */
  readonly conditions: Readonly<Record<string, unknown>>;
  readonly seed: number;
  readonly examples: readonly Specimen[];
  /** Shows the model with other weights; its own again where there are none. */
  readonly onWeights: (weights: Weights | undefined) => void;
}

/** The panel, loaded when it is asked for. */
const panels = import.meta.glob<{ readonly default: ComponentType<TrainPanelProps> }>('../train/Panel.tsx');

/** Whether a model can be trained further in the page: it was exported with its training step. */
export const hasTraining = ({ training }: Manifest): boolean =>
  training !== undefined && Object.keys(panels).length > 0;

export const loadTrainPanel = async (): Promise<ComponentType<TrainPanelProps>> => {
  const [load] = Object.values(panels);
  if (load === undefined) throw new Error('the page was built without its panel for fine-tuning');
  return (await load()).default;
};
