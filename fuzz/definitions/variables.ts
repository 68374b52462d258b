// Conditions and targets, as text.
import { size } from '../../src/shape/size.ts';
import type { Choices } from '../choices.ts';

/** A condition: what is written for it, and what networks see. */
export interface Variable {
  readonly name: string;
  readonly code: string;
  readonly kind: 'categorical' | 'continuous' | 'image';
  readonly shape: readonly number[];
}

/** A target: what is written for it, and what a decoder must give. */
export interface Target {
  readonly code: string;
  readonly kind: 'categorical' | 'coins' | 'numbers';
  readonly shape: readonly number[];
  readonly parameters: Readonly<Record<string, readonly number[]>>;
  readonly distribution: string;
  readonly mask: boolean;
  /** What must be written before it. */
  readonly before?: string;
}

/** Names that JavaScript uses itself must work too. */
const NAMES = ['x', 'kind', 'size', 'v_1', 'constructor', 'toString', 'input', 'a1b', 'output', 'K'];

export const conditionsOf = (choices: Choices): readonly Variable[] => {
  const count = choices.of([1, 2, 0, 3]);
  const names = [...NAMES];
  return Array.from({ length: count }, () => {
    const [name = 'x'] = names.splice(choices.below(names.length), 1);
    return { name, ...variable(choices) };
  });
};

const variable = (choices: Choices): Omit<Variable, 'name'> => {
  const n = choices.between(1, 6);
  const numbers = (...shape: readonly number[]) =>
    ({ code: `continuous(${shape.join(', ')})`, kind: 'continuous', shape }) as const;
  const [h, w, c] = [choices.of([4, 2, 3, 5, 6, 1]), choices.of([4, 3, 5, 2]), choices.between(1, 2)];
  return choices.of([
    { code: `categorical(${n + 1})`, kind: 'categorical', shape: [n + 1] },
    numbers(n),
    { code: `image(${h}, ${w}, ${c})`, kind: 'image', shape: [h, w, c] },
    { code: `categorical('cat', 'dog', 'a b')`, kind: 'categorical', shape: [3] },
    { code: `image(${h}, ${w}, ${c})`, kind: 'image', shape: [h, w, c] },
    numbers(1),
    numbers(2, n),
    numbers(),
    { code: `categorical(2, { at: [${n}] })`, kind: 'categorical', shape: [n, 2] },
    numbers(h, w, c),
  ]);
};

const LAPLACE = `const laplace = <const S extends Shape>(...shape: S) =>
  distribution('laplace', shape, {
    parameters: { mean: shape, logScale: shape },
    mean: ({ mean }) => mean,
    nll: ({ mean, logScale }, y) => add(add(div(distance(sub(y, mean)), exp(logScale)), logScale), Math.log(2)),
  });
`;

/** The shape of a target's elements. */
const extent = (choices: Choices): readonly number[] => {
  const n = choices.between(1, 8);
  return choices.of([[n], [choices.of([4, 2, 3, 6]), choices.of([4, 2, 5]), choices.between(1, 2)], [2, n]]);
};

export const targetOf = (choices: Choices): Target => {
  const shape = extent(choices);
  const mask = choices.once(4);
  const view = choices.once(4) ? [`image: [${size(shape)}, 1, 1]`] : [];
  const options = (...more: readonly string[]): string => {
    const all = [...more, ...view, ...(mask ? ['mask: true'] : [])];
    return all.length > 0 ? `, { ${all.join(', ')} }` : '';
  };
  const list = shape.join(', ');
  const common = { shape, mask, kind: 'numbers' } as const;
  const one = (name: string) => ({ [name]: shape });
  const classes = choices.between(2, 4);
  const at = shape.slice(0, 2);
  return choices.of<() => Target>([
    () => ({
      ...common,
      kind: 'coins',
      code: `bernoulli(${list}${options()})`,
      distribution: 'bernoulli',
      parameters: one('logits'),
    }),
    () => ({ ...common, code: `normal(${list}${options()})`, distribution: 'normal', parameters: one('mean') }),
    () => ({
      ...common,
      code: `normal(${list}${options("sigma: 'learned'", ...(choices.once(2) ? ['floor: 0.1'] : []))})`,
      distribution: 'normal',
      parameters: { mean: shape, logVar: shape },
    }),
    () => ({
      mask: false,
      shape: [classes],
      kind: 'categorical',
      code: choices.once(2) && classes === 3 ? `categorical('red', 'green', 'blue')` : `categorical(${classes})`,
      distribution: 'categorical',
      parameters: { logits: [classes] },
    }),
    () => ({
      mask,
      shape: [...at, classes],
      kind: 'categorical',
      code: `categorical(${classes}, { at: [${at.join(', ')}]${mask ? ', mask: true' : ''} })`,
      distribution: 'categorical',
      parameters: { logits: [...at, classes] },
    }),
    () => ({
      ...common,
      code: `squaredError(${list}${options()})`,
      distribution: 'squaredError',
      parameters: one('mean'),
    }),
    () => ({
      ...common,
      code: `normal(${list}${options('sigma: 0.3')})`,
      distribution: 'normal',
      parameters: one('mean'),
    }),
    () => ({
      ...common,
      mask: false,
      code: `laplace(${list})`,
      before: LAPLACE,
      distribution: 'custom',
      parameters: { mean: shape, logScale: shape },
    }),
    () => multiScaleOf(choices, classes),
  ])();
};

const multiScaleOf = (choices: Choices, classes: number): Target => {
  const [h, w] = [choices.of([4, 5, 8]), choices.of([4, 3])];
  const isCoins = choices.once(2);
  const last = isCoins ? 1 : classes;
  const smaller = (factor: number) => [Math.ceil(h / factor), Math.ceil(w / factor), last];
  const scales = choices.of<Readonly<Record<string, number>>>([{ half: 2 }, { half: 2, quarter: 4 }, { eighth: 8 }]);
  const written = Object.entries(scales).map(([name, factor]) => `${name}: ${factor}`);
  const inner = isCoins ? `bernoulli(${h}, ${w}, 1)` : `categorical(${classes}, { at: [${h}, ${w}] })`;
  return {
    mask: false,
    shape: [h, w, last],
    kind: isCoins ? 'coins' : 'categorical',
    code: `multiScale(${inner}, { ${written.join(', ')} })`,
    distribution: isCoins ? 'bernoulli' : 'categorical',
    parameters: {
      logits: [h, w, last],
      ...Object.fromEntries(Object.entries(scales).map(([name, factor]) => [name, smaller(factor)])),
    },
  };
};
