// Numbers for parameters, examples and noise of a case.
import { size } from '../../src/shape/size.ts';
import { withoutCount, type Values } from '../judge/judge.ts';
import { normals, stream, uniform, uniforms } from '../../src/random.ts';
import type { Model } from '../../src/dsl/model.ts';
import type { Graph } from '../../src/graph/graph.ts';

/** What parameters are like: as a trained model has them, half of them 0, or some of them large and some tiny. */
export type Weighing = 'trained' | 'sparse' | 'uneven';

interface Named {
  readonly name: string;
  readonly shape: readonly number[];
}

/** How a variable's data lie: the units of its numbers are anything from millionths to millions. */
const unitOf = (seed: number, variable: string): number => {
  const u = uniform(stream(seed, 'unit', variable), 0);
  return u < 0.6 ? 1 : u < 0.8 ? 2 ** -20 : 2 ** 20;
};

export const weightsOf = (params: readonly Named[], seed: number, weighing: Weighing): Values =>
  Object.fromEntries(
    params.map((param) => [param.name, { shape: param.shape, data: weightOf(param, seed, weighing) }]),
  );

const weightOf = ({ name, shape }: Named, seed: number, weighing: Weighing): Float32Array => {
  const key = stream(seed, 'weight', name);
  const drawn = normals(key, 1, size(shape));
  const u = uniforms(stream(seed, 'weight', name, 'u'), 1, size(shape));
  const [, variable, what] = /^scaling\/(.*)\/(\w+)$/.exec(name) ?? [];
  if (variable !== undefined) {
    const unit = unitOf(seed, variable);
    return drawn.map((v) => (what === 'mean' ? 3 * v * unit : (0.5 + Math.abs(v)) * unit));
  }
  // Statistics and scales are positive.
  const value = /(variance|gamma|scale)$/.test(name)
    ? (v: number) => 0.3 + Math.abs(v)
    : /(kernel)$/.test(name)
      ? (v: number) => (v * 0.9) / Math.sqrt(Math.max(size(shape.slice(0, -1)), 1) / 2)
      : (v: number) => v * 0.4;
  return drawn.map((v, i) => {
    const x = value(v);
    if (weighing === 'sparse' && (u[i] ?? 0) < 0.5) return name.endsWith('variance') ? x : 0;
    if (weighing === 'uneven' && (u[i] ?? 0) < 0.1) return x * ((u[i] ?? 0) < 0.05 ? 8 : 1e-6);
    return x;
  });
};

const standardised = (name: string, params: Values, numbers: Float32Array): Float32Array => {
  const mean = params[`scaling/${name}/mean`]?.data ?? [0];
  const deviation = params[`scaling/${name}/deviation`]?.data ?? [1];
  const at = (list: ArrayLike<number>, i: number): number => list[i % list.length] ?? 0;
  return numbers.map((v, i) => at(mean, i) + at(deviation, i) * v);
};

/** One-hot rows, or blends of classes. */
const classes = (shape: readonly number[], count: number, seed: number, name: string): Float32Array => {
  const k = shape.at(-1) ?? 1;
  const u = uniforms(stream(seed, 'class', name), 1, (count * size(shape)) / k);
  const numbers = new Float32Array(count * size(shape));
  for (const [row, v] of u.entries()) numbers[row * k + Math.min(Math.floor(v * k), k - 1)] = 1;
  return numbers;
};

/** The data of an input of a file or an objective, by its name. */
export const inputOf = (
  name: string,
  shape: readonly number[],
  count: number,
  seed: number,
  { condition: conditions, target, params }: Pick<Model, 'condition' | 'target'> & { readonly params: Values },
): { readonly shape: readonly number[]; readonly data: Float32Array } => {
  const full = [count, ...shape];
  const condition = Object.entries(conditions).find(([of]) => of === name)?.[1];
  const key = stream(seed, 'input', name);
  const plain = () => normals(key, 1, size(full));
  if (condition?.kind === 'categorical') return { shape: full, data: classes(shape, count, seed, name) };
  if (condition?.kind === 'image') return { shape: full, data: uniforms(key, 1, size(full)) };
  if (condition) return { shape: full, data: standardised(name, params, plain()) };
  if (name === 'mask') return { shape: full, data: uniforms(key, 1, size(full)).map((u) => (u < 0.7 ? 1 : 0)) };
  if (name !== 'y') return { shape: full, data: plain() };
  if (target.kind === 'categorical') return { shape: full, data: classes(shape, count, seed, name) };
  if (target.distribution === 'bernoulli')
    return { shape: full, data: uniforms(key, 1, size(full)).map((u) => (seed % 2 === 0 ? u : Math.round(u))) };
  return { shape: full, data: standardised('y', params, plain()) };
};

/**
 * A draw of noise, row by row. Computations of one network (`net`, `net#2`) have the same draws: which of them is the second
 * depends on an order that means nothing, and the judge has another.
 */
export const noiseOf = (
  name: string,
  rows: number | undefined,
  shape: readonly number[],
  distribution: 'normal' | 'uniform',
  seed: number,
): { readonly shape: readonly number[]; readonly data: Float32Array } => {
  const key = stream(seed, 'noise', withoutCount(name));
  const draw = distribution === 'normal' ? normals : uniforms;
  return { shape: rows === undefined ? shape : [rows, ...shape], data: draw(key, rows ?? 1, size(shape)) };
};

/** What a graph takes: examples, noise, and scalars, such as β. */
export const givenTo = ({ inputs }: Graph, count: number, params: Values, model: Model, seed: number) => {
  const data = inputs
    .filter(({ role }) => role === 'batch')
    .map(({ name, shape }) => [name, inputOf(name, shape, count, seed, { ...model, params })] as const);
  const noise = inputs.flatMap(({ name, shape, lead, noise: kind }) =>
    kind ? [[name, noiseOf(name, lead > 0 ? count * lead : undefined, shape, kind, seed)] as const] : [],
  );
  const scalars = inputs.flatMap(({ name, role }) => (role === 'scalar' ? [[name, 0.7] as const] : []));
  return { inputs: Object.fromEntries(data), noise: Object.fromEntries(noise), scalars: Object.fromEntries(scalars) };
};
