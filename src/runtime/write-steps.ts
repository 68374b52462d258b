import { size } from '../shape/size.ts';
import type { Signature, TargetSignature } from '../signature.ts';

/** Arrays by name, row by row. */
export type Arrays = Readonly<Record<string, Float32Array>>;

/** Runs one of the two files of a decoder of steps on rows. */
export type RunPart = (part: 'start' | 'step', inputs: Arrays) => Promise<Arrays>;

/**
 * Writes y step by step for each row of the inputs, and returns what a file `decoder` would, of all steps: `y`, or each
 * target by its name, and whatever else drawing needs. Each step is drawn, from uniform noise of one number for each element
 * of y, and given to the next. Without noise, the mean is given to the next; of classes the most probable one, of zeros and
 * ones the more probable one. What is behind an end is filled with it, other targets and outputs with 0; when all rows have
 * ended, no further step runs.
 */
export const writeSteps = async (
  { target }: Pick<Signature, 'target'>,
  run: RunPart,
  rows: number,
  inputs: Arrays,
  noise?: Float32Array,
): Promise<Arrays> => {
  const { targets = { y: target } } = target;
  let from = 0;
  const members = Object.entries(targets).map(([name, one]) => {
    const member = new Member(name, one, target.targets !== undefined, rows, from);
    from += size(one.shape);
    return member;
  });
  const count = Object.values(targets)[0]?.shape[0] ?? 0;
  const draw = noise && (await drawing(noise, rows));
  if (!draw) await Promise.all(members.map((member) => member.findMode()));
  // A user's own likelihood is drawn by the file itself.
  const noiseAt =
    target.distribution === 'custom' ? await noiseOf(size(target.shape.slice(1)), rows, noise) : undefined;
  const isOver = new Uint8Array(rows);
  let given = await run('start', inputs);
  const around = { ...inputs, ...given };
  for (let t = 0; t < count && isOver.includes(0); t++) {
    const made = await run('step', { ...around, ...given, ...noiseAt?.(t) });
    const fed: Record<string, Float32Array> = {};
    const before = isOver.slice();
    for (const member of members) {
      const { kept, chosen, previous } = await member.step(made, t, draw);
      fed[member.previous] = previous;
      if (member.end !== undefined)
        for (let row = 0; row < rows; row++) if (chosen[row] === member.end) isOver[row] = 1;
      member.kept = kept;
    }
    // The end itself belongs to the target that has it, and to no other.
    for (const member of members) member.keep(made, t, member.end === undefined ? isOver : before);
    for (const [name, data] of Object.entries(made)) if (name.startsWith('next_')) fed[name.slice(5)] = data;
    given = fed;
  }
  return Object.assign({}, ...members.map((member) => member.filled()));
};

/** Draws a step of a target from the outputs of the file `step`; `from` is where its noise begins in that of all of y. */
type Draw = (target: TargetSignature, y: Float32Array, more: Arrays, from: number) => Promise<Float32Array>;

const drawing = async (noise: Float32Array, rows: number): Promise<Draw> => {
  const { drawTarget, inverseNormal } = await import('./draw.ts'); // which has what drawing needs
  const width = noise.length / rows;
  return async (target, y, more, from) => {
    const part = size(target.dataShape);
    const own = new Float32Array(rows * part);
    for (let row = 0; row < rows; row++)
      own.set(noise.subarray(row * width + from, row * width + from + part), row * part);
    const means = { data: y, shape: [rows, ...target.shape], more };
    return (await drawTarget(target, means, (sort) => (sort === 'normal' ? own.map(inverseNormal) : own))).data;
  };
};

/** Returns the noise of a step under the names that a file may take it by; without noise, what is in the middle. */
const noiseOf = async (part: number, rows: number, noise?: Float32Array): Promise<(t: number) => Arrays> => {
  const { inverseNormal } = await import('./draw.ts');
  const width = (noise?.length ?? 0) / rows;
  return (t) => {
    const uniform = new Float32Array(rows * part).fill(0.5);
    if (noise)
      for (let row = 0; row < rows; row++)
        uniform.set(noise.subarray(row * width + t * part, row * width + (t + 1) * part), row * part);
    const inside = uniform.map((u) => Math.max(u, 2 ** -25));
    return { uniform: inside, normal: inside.map(inverseNormal) };
  };
};

/** A step of a target: as it is kept, as numbers or classes, and as the next step is given it. */
interface Drawn {
  readonly kept: Float32Array;
  readonly chosen: Float32Array;
  readonly previous: Float32Array;
}

/** One target, whose steps are collected. */
class Member {
  readonly previous: string;
  readonly end: number | undefined;
  /** The step that was drawn last. */
  kept: Float32Array = new Float32Array();
  readonly #name: string;
  readonly #whole: TargetSignature;
  readonly #target: TargetSignature;
  readonly #rows: number;
  readonly #from: number;
  /** Further outputs: their names for drawing, and in files. */
  readonly #further: readonly (readonly [key: string, output: string])[];
  readonly #results: Record<string, Float32Array> = {};
  #isDrawn = false;
  #mode: ((mean: number) => number) | undefined;

  constructor(name: string, target: TargetSignature, several: boolean, rows: number, from: number) {
    this.previous = several ? `previous_${name}` : 'previous';
    this.end = target.end;
    this.#name = name;
    this.#whole = target;
    this.#target = ofOneStep(target);
    this.#rows = rows;
    this.#from = from;
    this.#further = ['logVar', ...Object.keys(target.outputs ?? {})].map(
      (key) => [key, several ? `${name}_${key}` : key] as const,
    );
  }

  get #count(): number {
    return this.#whole.shape[0] ?? 0;
  }

  /** The number of classes, if its values are classes. */
  get #classes(): number | undefined {
    return this.#target.classes === undefined ? undefined : this.#target.shape.at(-1);
  }

  /** Finds how a mean becomes the likeliest value, which is what the next step is given where nothing is drawn. */
  async findMode(): Promise<void> {
    if (this.#classes === undefined) this.#mode = (await import('./draw.ts')).distributionOf(this.#target).likeliest;
  }

  async step(made: Arrays, t: number, draw: Draw | undefined): Promise<Drawn> {
    const y = made[this.#name] ?? new Float32Array();
    const classes = this.#classes;
    if (!draw) {
      const chosen = classes ? likeliest(y, classes) : this.#mode ? y.map(this.#mode) : y;
      return { kept: y, chosen, previous: classes ? oneHot(chosen, classes) : chosen };
    }
    this.#isDrawn = true;
    const more = this.#further.flatMap(([key, output]) => (made[output] ? [[key, made[output]] as const] : []));
    const from = this.#from + t * size(this.#target.dataShape);
    const own = this.#target.distribution === 'custom' ? made['draw'] : undefined;
    const drawn = own ?? (await draw(this.#target, y, Object.fromEntries(more), from));
    return { kept: drawn, chosen: drawn, previous: classes ? oneHot(drawn, classes) : drawn };
  }

  /** Keeps a step of the rows that are not over. */
  keep(made: Arrays, t: number, over: Uint8Array): void {
    const further = this.#further.flatMap(([, output]) => (made[output] ? [[output, made[output]] as const] : []));
    for (const [key, data] of [[this.#name, this.kept] as const, ...further]) {
      const length = data.length / this.#rows;
      const all = (this.#results[key] ??= new Float32Array(this.#count * data.length));
      for (let row = 0; row < this.#rows; row++)
        if (!over[row]) all.set(data.subarray(row * length, (row + 1) * length), (row * this.#count + t) * length);
    }
  }

  /** Returns all steps, with those behind the end filled. */
  filled(): Arrays {
    const { end } = this;
    const all = this.#results[this.#name] ?? new Float32Array();
    if (end === undefined) return this.#results;
    const width = this.#isDrawn ? 1 : (this.#classes ?? 1);
    for (let row = 0; row < this.#rows; row++) {
      const own = all.subarray(row * this.#count * width, (row + 1) * this.#count * width);
      const at = (this.#isDrawn ? own : likeliest(own, width)).indexOf(end);
      if (at === -1) continue;
      const behind = own.subarray((at + 1) * width);
      for (let i = 0; i < behind.length; i += width)
        if (this.#isDrawn) behind[i] = end;
        else behind[i + end] = 1;
    }
    return this.#results;
  }
}

/** Returns the description of one step of a target. */
export const ofOneStep = ({ shape, dataShape, outputs, sigma, scale, ...rest }: TargetSignature): TargetSignature => {
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
