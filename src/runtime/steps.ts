import { distributionOf } from '../distributions/data/table.ts';
import { normals, stream, uniforms } from '../random.ts';
import { size } from '../shape/size.ts';
import type { Signature, TargetSignature } from '../signature.ts';
import { drawTarget } from './draw.ts';
import { spread, type Input } from './rows.ts';

/** Runs one of the two files of a decoder of steps on rows. */
export type RunPart = (
  part: 'start' | 'step',
  rows: number,
  inputs: Readonly<Record<string, Input>>,
) => Promise<Readonly<Record<string, Float32Array>>>;

/** The noise of a draw: row r is sample `first` + r mod `count` of this random seed. */
export interface StepNoise {
  readonly seed: number;
  readonly count: number;
  readonly first: number;
  /** The key of the noise, after the seed: `y` if it is omitted. */
  readonly key?: readonly string[];
}

/**
 * Writes y step by step, and returns what a file `decoder` would, of all steps: `y`, or each target by its name, and
 * whatever else drawing needs. Each step is drawn, and given to the next; without noise it is the mean that is given to the
 * next, of classes the most probable one, of zeros and ones the more probable one. What is behind an end is filled with it,
 * other targets and outputs with 0; when all rows have ended, no further step runs.
 */
export const writeSteps = async (
  { target }: Pick<Signature, 'target'>,
  run: RunPart,
  rows: number,
  inputs: Readonly<Record<string, Input>>,
  noise?: StepNoise,
): Promise<Readonly<Record<string, Float32Array>>> => {
  const members = Object.entries(target.targets ?? { y: target }).map(([name, one]) =>
    memberOf(name, one, target.targets !== undefined, rows, noise),
  );
  const count = target.targets ? (Object.values(target.targets)[0]?.shape[0] ?? 0) : (target.shape[0] ?? 0);
  let given: Readonly<Record<string, Float32Array>> = await run('start', rows, inputs);
  const isOver = new Uint8Array(rows);
  const around = { ...inputs, ...inputsOf(given, rows) };
  for (let t = 0; t < count && isOver.includes(0); t++) {
    const made = await run('step', rows, { ...around, ...inputsOf(given, rows) });
    const fed: Record<string, Float32Array> = {};
    const over = isOver.slice();
    for (const member of members) {
      const y = await member.draw(made, t);
      member.keep(made, y, t, isOver);
      if (member.end !== undefined)
        y.chosen.forEach((chosen, row) => {
          if (chosen === member.end) over[row] = 1;
        });
      fed[member.previous] = y.fed;
    }
    for (const member of members) if (member.end === undefined) member.drop(t, over);
    isOver.set(over);
    for (const [name, data] of Object.entries(made)) if (name.startsWith('next_')) fed[name.slice(5)] = data;
    given = fed;
  }
  for (const member of members) member.fill();
  return Object.assign({}, ...members.map(({ results }) => results));
};

const inputsOf = (all: Readonly<Record<string, Float32Array>>, rows: number): Record<string, Input> =>
  Object.fromEntries(
    Object.entries(all).map(([name, data]) => [name, spread({ rows, size: data.length / rows, data })]),
  );

/** y of a step: as it is kept, the classes that it is, and as the next step is given it. */
interface Drawn {
  readonly kept: Float32Array;
  readonly chosen: Float32Array;
  readonly fed: Float32Array;
}

/** One target, of which steps are drawn and kept. */
interface Member {
  readonly previous: string;
  readonly end: number | undefined;
  readonly results: Readonly<Record<string, Float32Array>>;
  draw(made: Readonly<Record<string, Float32Array>>, t: number): Promise<Drawn>;
  /** Keeps a step of the rows that were not over before it. */
  keep(made: Readonly<Record<string, Float32Array>>, y: Drawn, t: number, over: Uint8Array): void;
  /** Sets a step of the rows that are over to 0. */
  drop(t: number, over: Uint8Array): void;
  /** Fills what is behind the end. */
  fill(): void;
}

/** Returns the description of one step of a target. */
const stepOf = ({ shape, dataShape, outputs, sigma, scale, ...rest }: TargetSignature): TargetSignature => {
  const elements = size(shape.slice(1));
  // Of all steps the same, as they have one standardisation.
  const first = (values: number | readonly number[]) =>
    typeof values === 'number' ? values : values.slice(0, elements);
  return {
    ...rest,
    shape: shape.slice(1),
    dataShape: dataShape.slice(1),
    ...(outputs && { outputs: Object.fromEntries(Object.entries(outputs).map(([key, own]) => [key, own.slice(1)])) }),
    ...(sigma !== undefined && { sigma: first(sigma) }),
    ...(scale !== undefined && { scale: first(scale) }),
  };
};

const memberOf = (
  name: string,
  target: TargetSignature,
  several: boolean,
  rows: number,
  noise: StepNoise | undefined,
): Member => {
  const step = stepOf(target);
  const { values } = distributionOf(target);
  const count = target.shape[0] ?? 0;
  const prefix = several ? `${name}_` : '';
  const further = ['logVar', ...Object.keys(target.outputs ?? {})].map((key) => [key, `${prefix}${key}`] as const);
  const drawn = noise && noiseOf(target, noise, several ? [name] : []);
  const classes = values === 'classes' ? (step.shape.at(-1) ?? 1) : undefined;
  const results: Record<string, Float32Array> = {};
  const lengths = new Map<string, number>();
  const put = (key: string, data: Float32Array, t: number, over: Uint8Array): void => {
    const length = data.length / rows;
    lengths.set(key, length);
    const all = (results[key] ??= new Float32Array(rows * count * length));
    for (let row = 0; row < rows; row++)
      if (over[row] === 0) all.set(data.subarray(row * length, (row + 1) * length), (row * count + t) * length);
  };
  return {
    previous: several ? `previous_${name}` : 'previous',
    end: target.end,
    results,
    draw: async (made, t) => {
      const y = made[name] ?? new Float32Array();
      if (!drawn) {
        const likely = classes === undefined ? undefined : likeliest(y, classes);
        const chosen = likely ?? (target.distribution === 'bernoulli' ? y.map(Math.round) : y);
        return { kept: y, chosen, fed: likely && classes !== undefined ? oneHot(likely, classes) : chosen };
      }
      const more = Object.fromEntries(
        further.flatMap(([key, output]) => (made[output] ? [[key, made[output]] as const] : [])),
      );
      const means = { data: y, shape: [rows, ...step.shape], more };
      const { data } = await drawTarget(step, means, (sort) => drawn(sort, t));
      return { kept: data, chosen: data, fed: classes === undefined ? data : oneHot(data, classes) };
    },
    keep: (made, y, t, over) => {
      put(name, y.kept, t, over);
      for (const [, output] of further) if (made[output]) put(output, made[output], t, over);
    },
    drop: (t, over) => {
      for (const [key, all] of Object.entries(results)) {
        const length = lengths.get(key) ?? 0;
        over.forEach((isOver, row) => {
          if (isOver === 1) all.fill(0, (row * count + t) * length, (row * count + t + 1) * length);
        });
      }
    },
    fill: () => {
      const { end } = target;
      const all = results[name];
      if (end === undefined || !all) return;
      const width = drawn || classes === undefined ? 1 : classes;
      for (let row = 0; row < rows; row++) {
        let isOver = false;
        for (let t = 0; t < count; t++) {
          const at = (row * count + t) * width;
          if (isOver) {
            if (drawn) all[at] = end;
            else all.fill(0, at, at + width)[at + end] = 1;
          } else isOver = drawn ? all[at] === end : likeliest(all.subarray(at, at + width), width)[0] === end;
        }
      }
    },
  };
};

/** Returns the noise of a step: of each sample a part of what it has for the whole of y. */
const noiseOf = (
  { dataShape }: TargetSignature,
  { seed, count, first, key = ['y'] }: StepNoise,
  name: readonly string[],
) => {
  const whole = new Map<string, Float32Array>();
  const length = size(dataShape);
  const part = size(dataShape.slice(1));
  return (sort: 'normal' | 'uniform', t: number): Float32Array => {
    const all =
      whole.get(sort) ?? (sort === 'normal' ? normals : uniforms)(stream(seed, ...key, ...name), count, length, first);
    whole.set(sort, all);
    const own = new Float32Array(count * part);
    for (let i = 0; i < count; i++) own.set(all.subarray(i * length + t * part, i * length + (t + 1) * part), i * part);
    return own;
  };
};

/** Returns the most probable class at each place. */
const likeliest = (y: Float32Array, classes: number): Float32Array =>
  Float32Array.from({ length: y.length / classes }, (_, place) => {
    const chances = y.subarray(place * classes, (place + 1) * classes);
    return chances.indexOf(Math.max(...chances));
  });

const oneHot = (chosen: Float32Array, classes: number): Float32Array => {
  const all = new Float32Array(chosen.length * classes);
  chosen.forEach((index, place) => (all[place * classes + index] = 1));
  return all;
};
