import type { Collected } from '../../data/collected.ts';
import { toDataset } from '../../data/convert.ts';
import { withClasses } from '../../data/names.ts';
import type { Data } from '../../data/source.ts';
import type { Model } from '../../dsl/model.ts';
import { InvalidModel } from '../../errors.ts';
import { OPSET } from '../../onnx/schema.ts';
import { variablesOf } from '../../train/parameters.ts';
import type { Weights } from '../../weights/weights.ts';
import type { Compiled, StoredOptions } from '../compile.ts';
import type { ExportOptions } from '../options.ts';
import { exportedGraphs } from '../parts.ts';
import { usersEngine } from '../verification.ts';
import { calibrationOf, gate, type Measured } from './gate.ts';
import { measuredPart } from './measured-part.ts';

/** What whole numbers as weights cost, and how weights are stored then. */
interface Costing {
  readonly cost: Measured;
  readonly stored: Pick<StoredOptions, 'keepFloat32' | 'int8' | 'calibration' | 'files'>;
}

/**
 * Measures what whole numbers as weights cost, if weights are to be stored so. @throws InvalidModel without data, InvalidGraph if that is more
 * than allowed.
 */
export const costingOf = async (
  model: Model,
  weights: Weights,
  options: Omit<ExportOptions, 'measureOn'> & { readonly measureOn: Data | false | undefined },
): Promise<Costing | undefined> => {
  const { precision, measureOn: data, names, opset = OPSET, atMost, keepFloat32, run, onProgress } = options;
  if (precision !== 'int8' && precision !== 'int4') return undefined;
  if (data === undefined || data === false)
    throw new InvalidModel(
      `precision: expected data to measure the cost of ${precision} on, got none; export data from the definition, or give measureOn`,
    );
  const { dataset } = await collectedFor(model, data, names);
  const { examples, part, why, trained } = await measuredPart(model, dataset, run);
  const files = exportedGraphs(model, weights, options);
  const how = { opset, engine: await usersEngine() };
  const tell = (from: number) => (done: number) => onProgress?.(precision, 'measure', from + (1 - from) * done);
  const calibration =
    precision === 'int4'
      ? await calibrationOf(model, weights, {
          ...how,
          examples: trained,
          files,
          onProgress: (done) => onProgress?.(precision, 'measure', done / 2),
        })
      : undefined;
  const cost = await gate(model, weights, {
    ...how,
    precision,
    examples,
    part,
    ...(why !== undefined && { why }),
    files,
    ...(atMost !== undefined && { atMost }),
    ...(keepFloat32 && { keepFloat32 }),
    ...(calibration && { calibration }),
    onProgress: tell(calibration ? 0.5 : 0),
  });
  return {
    cost,
    stored: {
      files,
      keepFloat32: [...(keepFloat32 ?? []), ...cost.left],
      ...(cost.int8 && { int8: cost.int8 }),
      ...(calibration && { calibration }),
    },
  };
};

/** Adds what whole numbers as weights cost to the manifest of a compiled model. */
export const withCost = (compiled: Compiled, cost: Measured | undefined): Compiled => {
  const { precision } = compiled.manifest;
  if (!precision || !cost) return compiled;
  return { ...compiled, manifest: { ...compiled.manifest, precision: { ...precision, cost } } };
};

/** Collects data for a model. */
export const collectedFor = async (model: Model, data: Data, names: ExportOptions['names']): Promise<Collected> => {
  const source = await (typeof data === 'function' ? data() : data);
  const whole = await toDataset(source, withClasses(variablesOf(model), names));
  return { source, whole, dataset: whole };
};
