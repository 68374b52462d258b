import { array, gradients, perturbed, sizeOf, type NdArray } from './array.ts';
import { evaluated } from './evaluation.ts';
import { outputs, reparameterise, wired, type Definition } from './model.ts';
import { computed, elbo, likelihood } from './objectives.ts';
import type { Read } from './read.ts';
import { running, type Run } from './scope.ts';
import { forRows, numbered, Tensor, type Tensors } from './tensor.ts';

/** Numbers by name, each with its shape; the first axis of data counts examples. */
export type Values = Readonly<Record<string, { readonly shape: readonly number[]; readonly data: ArrayLike<number> }>>;

/** What is given for a computation. */
export interface Question {
  readonly count: number;
  readonly params: Values;
  readonly inputs: Values;
  /** Draws by the names that the product gives them. */
  readonly noise?: Values;
  readonly scalars?: Readonly<Record<string, number>>;
  /** The baseline, where it is left as it is while the rest trains. */
  readonly frozen?: boolean;
  /** Draws of z in an evaluation. */
  readonly samples?: number;
  /** Whether the objective is that of validation: in use, and without what only helps training. */
  readonly validating?: boolean;
}

/** What is right, and how far float32 may be from it for its rounding. */
export interface Verdict {
  readonly values: Values;
  /** By name the largest move of each value, element by element, under small roundings. */
  readonly wobble: Readonly<Record<string, Float64Array>>;
}

type Answer = Readonly<Record<string, NdArray>>;

const arrays = (values: Values): Map<string, NdArray> =>
  new Map(Object.entries(values).map(([name, { shape, data }]) => [name, array(shape, data)]));

const start = ({ count, params, noise = {} }: Question, training: boolean, frozen: ReadonlySet<string>): Run => {
  return {
    count,
    training,
    params: arrays(params),
    frozen,
    noise: (name, shape) => drawFor(noise, name, shape),
    drawn: new Map(),
    updates: new Map(),
    calls: new Map(),
  };
};

/** The rows of a draw that any computation of a network has. @throws where the product draws for more of them than there are */
const drawFor = (noise: Values, name: string, shape: readonly number[]): NdArray | undefined => {
  const all = Object.entries(noise).filter(([each]) => withoutCount(each) === name);
  const size = sizeOf(shape);
  const longest = all.reduce<ArrayLike<number> | undefined>(
    (most, [, { data }]) => (most && most.length >= data.length ? most : data),
    undefined,
  );
  return longest && longest.length >= size ? array(shape, Array.from(longest).slice(0, size)) : undefined;
};

/** The name of a network's noise, whichever of its computations it is for. */
export const withoutCount = (name: string): string => name.replace(/^([^/]+)#\d+\//, '$1/');

/** @throws where the product draws noise for more computations of a network than there are */
const checkDraws = ({ noise = {} }: Question, { drawn }: Run): void => {
  const names = Object.keys(noise);
  for (const name of new Set(names.map(withoutCount))) {
    const each = names.filter((one) => withoutCount(one) === name);
    const most = drawn.get(name)?.size ?? 0;
    if (each.length > most) throw new Error(`judge: ${each.join(' and ')} are drawn, and ${most} draws are needed`);
  }
};

const examples = (inputs: Values): Tensors =>
  Object.fromEntries(
    Object.entries(inputs).map(([name, { shape, data }]) => [name, new Tensor(array(shape, data), 1)]),
  );

/** Names of the baseline and of all networks that it calls. */
const frozenIn = (model: Definition, question: Question): ReadonlySet<string> => {
  const { baseline } = model;
  if (!question.frozen || !baseline) return new Set();
  const dry = start(question, false, new Set());
  running(dry, 'output', () => {
    const { y: _, mask: __, ...x } = examples(question.inputs);
    return wired(model).baseline(x);
  });
  return new Set(dry.calls.keys());
};

/** What a file of the model gives. */
const fileOf = (model: Definition, part: string, question: Question): Answer => {
  const run = start(question, false, new Set());
  const values = running(run, 'output', (): Tensors => {
    const { z, noise, y, ...x } = examples(question.inputs);
    const wiring = wired(model);
    const prior = () => wiring.prior(x);
    switch (part) {
      case 'predictor':
      case 'decoder':
        return wiring.mean(wiring.decoder(x, z));
      case 'mean': {
        const { latent = 0 } = model;
        const middle = prior()?.mean ?? numbered([latent], new Float64Array(latent));
        return wiring.mean(wiring.decoder(x, latent > 0 ? forRows(middle, 1) : undefined));
      }
      case 'prior':
        return { ...prior() };
      case 'baseline':
        return wiring.mean(wiring.baseline(x) ?? {});
      case 'sampler': {
        const p = prior();
        return wiring.mean(wiring.decoder(x, p && noise ? reparameterise(p, noise) : noise));
      }
      case 'recognition':
        return { ...(y && wiring.recognition(x, y)) };
      default:
        return evaluated(model, question.samples ?? 1, examples(question.inputs));
    }
  });
  return running(run, 'output', () =>
    Object.fromEntries(Object.entries(outputs(values)).map(([name, { value }]) => [name, value])),
  );
};

/** In place of `next`, where it is not known what training leaves in a parameter. */
export const DOUBTFUL = 'doubtful';

const meanOf = (all: readonly NdArray[]): NdArray => {
  const [{ shape, data } = array([], [NaN])] = all;
  const sums = data.map((_, i) => all.reduce((sum, one) => sum + (one.data[i] ?? NaN), 0));
  return array(
    shape,
    sums.map((sum) => sum / all.length),
  );
};

/** What the objective gives, its gradient by each parameter (`gradient/…`), and what training leaves (`next/…`). */
const stepOf = ({ model, objective: own }: Read, question: Question): Answer => {
  // As training itself takes it where none is named.
  const objective = own ?? (model.latent === undefined ? likelihood() : elbo());
  const { validating = false } = question;
  const run = start(question, !validating, frozenIn(model, question));
  const terms = running(run, 'objective', () =>
    computed(objective, model, examples(question.inputs), { scalars: question.scalars ?? {}, validating }),
  );
  checkDraws(question, run);
  const { loss } = terms;
  if (!loss) throw new Error('judge: no loss');
  const slopes = gradients(loss.value);
  const bare = (shape: readonly number[], data: Float64Array): NdArray => array(shape, data);
  return {
    ...Object.fromEntries(Object.entries(terms).map(([name, { value }]) => [name, value])),
    ...Object.fromEntries(
      [...run.params].map(([name, { shape, data }], at) => {
        const value = [...run.params.values()][at];
        return [`gradient/${name}`, bare(shape, (value && slopes.get(value)) ?? new Float64Array(data.length))];
      }),
    ),
    ...Object.fromEntries(
      [...run.updates].flatMap(([name, all]) => {
        // A network that is computed several times leaves the mean of all computations that anything uses. Whether anything uses
        // one without a slope, such as what is only reported, is not seen from here.
        const isDoubtful = all.length > 1 && all.some(({ used }) => !slopes.has(used));
        return [[`${isDoubtful ? DOUBTFUL : 'next'}/${name}`, meanOf(all.map(({ value }) => value))]];
      }),
    ),
  };
};

/** How often a computation is run again with small roundings. */
const AGAIN = 3;

const judged = (answer: () => Answer, random: () => number): Verdict => {
  const right = answer();
  const others = Array.from({ length: AGAIN }, () => perturbed(random, answer));
  const wobble = Object.entries(right).map(([name, { data }]) => [
    name,
    data.map((value, i) =>
      others.reduce((most, other) => Math.max(most, Math.abs((other[name]?.data[i] ?? NaN) - value)), 0),
    ),
  ]);
  return { values: right, wobble: Object.fromEntries(wobble) };
};

export const judgeFile = (read: Read, part: string, question: Question, random: () => number): Verdict =>
  judged(() => fileOf(read.model, part, question), random);

export const judgeStep = (read: Read, question: Question, random: () => number): Verdict =>
  judged(() => stepOf(read, question), random);

/** How a model is trained by the judge. */
export interface Course {
  readonly steps: number;
  readonly rate: number;
  readonly trainable: readonly string[];
}

/** As large as gradients may be. */
const HUGE = 1e15;
const lost = ({ shape, data }: NdArray): NdArray => array(shape, new Float64Array(data.length).fill(NaN));

/** What some steps on the same batch leave in all parameters, and the loss before each. */
const courseOf = (read: Read, question: Question, { steps, rate, trainable }: Course): Answer => {
  const { optimiser } = read;
  const kept = new Map<string, number[][]>();
  const losses: Record<string, NdArray> = {};
  const doubtful = new Set<string>();
  let params: Record<string, NdArray> = Object.fromEntries(arrays(question.params));
  for (let t = 1; t <= steps; t++) {
    const answer = stepOf(read, { ...question, params });
    if (answer['loss']) losses[`loss ${t}`] = answer['loss'];
    const slope = (name: string): Float64Array => answer[`gradient/${name}`]?.data ?? new Float64Array();
    const squares = trainable.flatMap((name) => Array.from(slope(name), (g) => g * g)).reduce((a, b) => a + b, 0);
    // Beyond this, squares that an optimiser remembers leave float32's range, and nothing is to be judged.
    if (!(Math.sqrt(squares) < HUGE))
      params = Object.fromEntries(Object.entries(params).map(([name, v]) => [name, lost(v)]));
    const factor = optimiser?.clip === undefined ? 1 : Math.min(1, optimiser.clip / Math.sqrt(squares));
    const next: Record<string, NdArray> = {};
    for (const [name, value] of Object.entries(params)) {
      const memory = kept.get(name) ?? Array.from(value.data, () => []);
      kept.set(name, memory);
      const g = slope(name);
      const moved = (v: number, i: number): number =>
        optimiser?.next(v, (g[i] ?? 0) * factor, rate, t, memory[i] ?? []) ?? v - rate * (g[i] ?? 0) * factor;
      next[name] = trainable.includes(name)
        ? array(value.shape, value.data.map(moved))
        : (answer[`next/${name}`] ?? value);
      if (answer[`${DOUBTFUL}/${name}`]) doubtful.add(name);
    }
    params = next;
  }
  return { ...losses, ...Object.fromEntries(Object.entries(params).filter(([name]) => !doubtful.has(name))) };
};

/** What training leaves in all parameters after some steps, except where that is doubtful. */
export const judgeTraining = (read: Read, question: Question, course: Course, random: () => number): Verdict =>
  judged(() => courseOf(read, question, course), random);
