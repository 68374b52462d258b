import type { ExportedFile } from '../../signature.ts';

/** A step of an ensemble: a model, and the tensors of the ensemble that its inputs and outputs are. */
export interface EnsembleStep {
  readonly model: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
}

/** A model of Triton: its inputs and outputs by name, without the batch axis; the steps if it consists of others. */
export interface TritonModel {
  readonly name: string;
  readonly inputs: ExportedFile['inputs'];
  readonly outputs: ExportedFile['outputs'];
  readonly steps?: readonly EnsembleStep[];
}

/** Rows of a batch that Triton makes: more are no faster. */
export const MOST_ROWS = 128;

/**
 * Writes a model's `config.pbtxt` in protobuf's text format. Batches are made of what waits, without waiting for more; of several versions
 * the latest is served.
 */
export const configText = ({ name, inputs, outputs, steps }: TritonModel): string =>
  [
    `name: ${quoted(name)}`,
    steps ? 'platform: "ensemble"' : 'backend: "onnxruntime"',
    `max_batch_size: ${MOST_ROWS}`,
    ...tensors('input', inputs, steps !== undefined),
    ...tensors('output', outputs, steps !== undefined),
    'version_policy { latest { num_versions: 1 } }',
    ...(steps ? ['ensemble_scheduling {', ...steps.flatMap(stepLines), '}'] : ['dynamic_batching { }']),
    '',
  ].join('\n');

const quoted = (text: string): string => JSON.stringify(text);

/** Every input or output. One number a row has an axis of its own in Triton, which files have not: they are reshaped; ensembles cannot be. */
const tensors = (kind: 'input' | 'output', shapes: ExportedFile['inputs'], isEnsemble: boolean): readonly string[] =>
  Object.entries(shapes).map(([name, shape]) => {
    const isScalar = shape.length === 0;
    const dims = `dims: [ ${isScalar ? 1 : shape.join(', ')} ]`;
    const reshape = isScalar && !isEnsemble ? ' reshape { shape: [ ] }' : '';
    return `${kind} { name: ${quoted(name)} data_type: TYPE_FP32 ${dims}${reshape} }`;
  });

const stepLines = ({ model, inputs, outputs }: EnsembleStep): readonly string[] => [
  '  step {',
  `    model_name: ${quoted(model)}`,
  '    model_version: -1',
  ...maps('input_map', inputs),
  ...maps('output_map', outputs),
  '  }',
];

const maps = (kind: string, names: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(names).map(([key, value]) => `    ${kind} { key: ${quoted(key)} value: ${quoted(value)} }`);
