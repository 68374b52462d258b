import { modelOn } from '../runtime/node-files.ts';
import type { Outputs } from '../runtime/result.ts';
import type { Backend } from '../runtime/open-options.ts';
import type { Model } from '../runtime/model.ts';
import type { SampleOptions } from '../runtime/options.ts';
import { size } from '../shape/size.ts';
import type { Condition, Manifest, TargetSignature } from '../signature.ts';
import { Unavailable } from '../errors.ts';
import { ownFloats } from '../values/lists.ts';
import { conditionOf } from './condition-values.ts';
import { checkNames, checkSize } from './file-model.ts';
import { wholeName } from './names.ts';
import { refuse } from './refusal.ts';
import type { Asked, GivenOutput, ServedModel, TensorInfo } from './served-model.ts';

/** What a request may say besides conditions. */
const OPTIONS = { count: 'INT64', seed: 'INT64', first: 'INT64', temperature: 'FP32', draw: 'BOOL' } as const;
type Option = keyof typeof OPTIONS;

/**
 * All of an exported model as one model of the server: conditions, a seed, a count and a temperature → samples, as `sample` of the runtime
 * draws them; or of a predictor, conditions → y.
 */
export const wholeModel = (manifest: Manifest, backend: Backend): ServedModel => {
  const { conditions, latent, kind } = manifest;
  const draws = kind === 'cvae';
  const named = draws ? optionNames(Object.keys(conditions)) : [];
  const optional = Object.entries(conditions).filter(
    ([, { mask, maskOf, knownOf }]) => mask === true || maskOf !== undefined || knownOf !== undefined,
  );
  const needed = Object.entries(conditions).filter((entry) => !optional.includes(entry));
  const outputs = outputsOf(manifest);
  const numbers = outputs.reduce((sum, { shape }) => sum + size(shape.slice(1)), 0) + latent;
  const open = ({ runner }: Asked): Model =>
    modelOn(manifest, runner, backend, async () => {
      throw new Unavailable('a server has no self-test; run cvae-compile verify on the folder');
    });
  return {
    name: wholeName(manifest),
    platform: 'cvae-compile',
    inputs: [...Object.entries(conditions).map(inputOf), ...named.map(([name, option]) => optionInfo(name, option))],
    outputs: [
      ...outputs,
      ...(draws
        ? [
            { name: 'z', datatype: 'FP32', shape: [-1, latent] } as const,
            { name: 'seed', datatype: 'INT64', shape: [1] } as const,
          ]
        : []),
    ],
    infer: async (asked) => {
      const { inputs, signal, most } = asked;
      checkNames(namesOf(needed), inputs, [...namesOf(optional), ...namesOf(named)]);
      const given = Object.fromEntries(
        Object.entries(conditions).flatMap(([name, condition]) => {
          const tensor = inputs.get(name);
          return tensor ? [[name, conditionOf(name, condition, tensor)] as const] : [];
        }),
      );
      const options = optionsOf(named, inputs);
      const rows = Math.max(1, ...Object.values(given).map(({ length }) => length)) * Number(options.count ?? 1);
      checkSize(rows, rows * numbers, most);
      const model = open(asked);
      if (!draws) return resultsOf(manifest, await model.mean(given));
      const { z, seed, ...found } = await model.sample(given, { ...options, signal });
      return new Map<string, GivenOutput>([
        ...resultsOf(manifest, found),
        ['z', { datatype: 'FP32', shape: z.shape, data: z.data }],
        ['seed', { datatype: 'INT64', shape: [1], data: [seed] }],
      ]);
    },
  };
};

/** Options by the names of their inputs: their own, unless a condition has that name. */
const optionNames = (conditions: readonly string[]): readonly (readonly [name: string, option: Option])[] =>
  (['count', 'seed', 'first', 'temperature', 'draw'] as const).map((option) => [
    conditions.includes(option) ? `sample_${option}` : option,
    option,
  ]);

const optionInfo = (name: string, option: Option): TensorInfo => ({ name, datatype: OPTIONS[option], shape: [1] });

/** Reads the options of a request; `sample` checks their range. @throws Refusal for another datatype or shape. */
const optionsOf = (named: ReturnType<typeof optionNames>, inputs: Asked['inputs']): SampleOptions =>
  Object.fromEntries(
    named.flatMap(([name, option]) => {
      const tensor = inputs.get(name);
      if (!tensor) return [];
      const { datatype, data } = tensor;
      const wanted = OPTIONS[option];
      const fitting = datatype === wanted || (wanted !== 'BOOL' && /^(U?INT|FP)/.test(datatype));
      if (!fitting || data.length !== 1)
        throw refuse(`${name}: expected one ${wanted}, got ${data.length} of ${datatype}; send one`);
      return [[option, option === 'draw' ? data[0] === 1 : Number(data[0])] as const];
    }),
  );

const namesOf = (entries: readonly (readonly [string, unknown])[]): readonly string[] => entries.map(([name]) => name);

const inputOf = ([name, { kind, shape, dataShape, classes }]: readonly [string, Condition]): TensorInfo => {
  if (kind !== 'categorical') return { name, datatype: 'FP32', shape: [-1, ...shape] };
  return { name, datatype: typeof classes === 'object' ? 'BYTES' : 'INT64', shape: [-1, ...dataShape] };
};

/** The outputs of each target: its mean, and whatever else its likelihood has. */
const outputsOf = ({ target, files }: Manifest): readonly TensorInfo[] => {
  const written = files.decoder ?? files.predictor ?? files.step;
  return Object.entries(target.targets ?? { y: target }).flatMap(([name, { shape, outputs = {} }]) => {
    const prefix = target.targets ? `${name}_` : '';
    const further = Object.entries({
      ...(Object.hasOwn(written?.outputs ?? {}, `${prefix}logVar`) && { logVar: shape }),
      ...outputs,
    });
    return [info(name, shape), ...further.map(([key, own]) => info(`${prefix}${key}`, own))];
  });
};

const info = (name: string, shape: readonly number[]): TensorInfo => ({
  name,
  datatype: 'FP32',
  shape: [-1, ...shape],
});

/** Returns results of each target under the names of `outputsOf`. */
const resultsOf = ({ target }: Manifest, found: object): ReadonlyMap<string, GivenOutput> => {
  const all: Readonly<Record<string, unknown>> = { ...found };
  return new Map(
    Object.keys(target.targets ?? { y: target }).flatMap((name) => {
      const prefix = target.targets ? `${name}_` : '';
      // As `severally` makes them of several targets.
      const { data, shape, ...more } = (target.targets ? all[name] : all) as Outputs;
      const rows = shape[0] ?? 0;
      const further = Object.entries(more).flatMap(([key, own]) => {
        const numbers = ownFloats(own);
        return numbers ? [[`${prefix}${key}`, numbers, shapeOf(target, name, key, rows)] as const] : [];
      });
      return [[name, data, shape] as const, ...further].map(
        ([output, numbers, dims]) => [output, { datatype: 'FP32', shape: dims, data: numbers }] as const,
      );
    }),
  );
};

/** The shape of a further output, which `target.outputs` has unless it is that of y. */
const shapeOf = (target: TargetSignature, name: string, key: string, rows: number): readonly number[] => {
  const { shape, outputs } = target.targets?.[name] ?? target;
  return [rows, ...(outputs?.[key] ?? shape)];
};
