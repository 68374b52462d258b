// What a body may do next, as text: each step takes values that are there and defines another.
import { same } from '../../src/shape/same.ts';
import { size } from '../../src/shape/size.ts';
import { isSeries, pictures, SEQUENCES, SERIES } from './sequences.ts';
import { MOST, type Body, type Step, type Val } from './text.ts';

const ANY = [
  'tanh',
  'relu',
  'sigmoid',
  'softplus',
  'elu',
  'gelu',
  'silu',
  'leakyRelu()',
  'leakyRelu(0.3)',
  'softsign',
  'stopGradient',
  'gaussianNoise(0.3)',
  'dropout(0.4)',
  'residual',
] as const;
/** Those that need an axis. */
const AXES = ['softmax', 'layerNorm', 'batchNorm'] as const;

const isImage = ({ shape }: Val): boolean => shape.length === 3;
const isVector = ({ shape }: Val): boolean => shape.length === 1;

/** The length of an axis after a window has moved over it. */
const shrunk = (n: number, k: number, s: number, padding: string): number =>
  Math.ceil((padding === 'same' ? n : n - k + 1) / s);

const pipe: Step = (body, x) => {
  const { choices } = body;
  const layers = Array.from({ length: choices.between(1, 3) }, () =>
    choices.once(4) && x.shape.length > 0 ? choices.of(AXES) : choices.of(ANY),
  );
  const code = choices.once(3)
    ? layers.reduce((inner, layer) => `${layer}(${inner})`, body.use(x))
    : `${body.use(x)}.pipe(${layers.join(', ')})`;
  body.define(code, x.shape);
  return true;
};

/** A vector of all of a value's elements. */
export const flat = (body: Body, x: Val): Val =>
  isVector(x) ? x : body.define(`flatten(${body.use(x)})`, [size(x.shape)]);

const dense: Step = (body, x) => {
  const units = body.choices.between(1, 9);
  const vector = flat(body, x);
  const more = body.choices.once(2) ? `, ${body.choices.of(ANY)}` : '';
  body.define(`${body.use(vector)}.pipe(dense(${units})${more})`, [units]);
  return true;
};

const concat: Step = (body, x) => {
  const { choices } = body;
  const fitting = body.values.filter(
    ({ shape }) =>
      shape.length > 0 && same(shape.slice(0, -1), x.shape.slice(0, -1)) && shape.length === x.shape.length,
  );
  const others = Array.from({ length: choices.between(1, 2) }, () => choices.from(fitting)).flatMap((v) => v ?? []);
  const width = [x, ...others].reduce((sum, { shape }) => sum + (shape.at(-1) ?? 0), 0);
  const shape = [...x.shape.slice(0, -1), width];
  if (others.length === 0 || x.shape.length === 0 || size(shape) > MOST) return false;
  body.define(`concat(${[x, ...others].map((v) => body.use(v)).join(', ')})`, shape);
  return true;
};

const arithmetic: Step = (body, x) => {
  const { choices } = body;
  const op = choices.of(['add', 'sub', 'mul', 'div']);
  const fitting = body.values.filter(({ shape }) => shape.length === 0 || same(shape, x.shape));
  const y = choices.once(3) ? undefined : choices.from(fitting);
  const number = choices.of(['0.5', '2', '-1.5', '0.25']);
  if (op === 'div') {
    body.define(
      y ? `div(${body.use(x)}, add(square(${body.use(y)}), 0.5))` : `div(${body.use(x)}, ${number})`,
      x.shape,
    );
    return true;
  }
  const swapped = choices.once(3) && (!y || same(y.shape, x.shape));
  const operands = [body.use(x), y ? body.use(y) : number];
  body.define(`${op}(${(swapped ? operands.reverse() : operands).join(', ')})`, x.shape);
  return true;
};

/** Functions that are undefined in places or grow fast, applied only where they are safe. */
const guarded: Step = (body, x) => {
  const code = body.choices.of([
    'exp(tanh($))',
    'log(add(square($), 1))',
    'sqrt(add(square($), 0.5))',
    'square(tanh($))',
  ]);
  body.define(code.replace('$', body.use(x)), x.shape);
  return true;
};

const sliced: Step = (body, x) => {
  const last = x.shape.at(-1) ?? 0;
  if (last < 2) return false;
  const begin = body.choices.below(last - 1);
  const end = body.choices.between(begin + 1, last);
  body.define(`${body.use(x)}.pipe(slice(${begin}, ${end}))`, [...x.shape.slice(0, -1), end - begin]);
  return true;
};

/** Shapes with the same number of elements. */
const reshaped: Step = (body, x) => {
  const length = size(x.shape);
  const divisors = Array.from({ length }, (_, i) => i + 1).filter((n) => length % n === 0);
  const n = body.choices.from(divisors) ?? 1;
  const m = body.choices.from(divisors.filter((d) => (length / n) % d === 0)) ?? 1;
  const shape = body.choices.of([[n, m, length / n / m], [length / n, n], [1, length], [length]]);
  body.define(`${body.use(x)}.pipe(reshape(${shape.join(', ')}))`, shape);
  return true;
};

const window = (body: Body) => {
  const { choices } = body;
  return { k: choices.of([3, 1, 2, 4, 5]), s: choices.of([1, 2]), padding: choices.of(['same', 'valid']) };
};
const written = (name: string, filters: number, { k, s, padding }: ReturnType<typeof window>): string => {
  const options = [
    ...(k === 3 ? [] : [`kernel: ${k}`]),
    ...(s === 1 ? [] : [`stride: ${s}`]),
    ...(padding === 'same' ? [] : [`padding: 'valid'`]),
  ];
  return `${name}(${filters}${options.length > 0 ? `, { ${options.join(', ')} }` : ''})`;
};

const conv: Step = (body, x) => {
  if (!isImage(x)) return false;
  const filters = body.choices.between(1, 4);
  const w = window(body);
  const [h = 0, v = 0] = x.shape.map((n) => shrunk(n, w.k, w.s, w.padding));
  if (h < 1 || v < 1 || h * v * filters > MOST) return false;
  body.define(`${body.use(x)}.pipe(${written('conv2d', filters, w)})`, [h, v, filters]);
  return true;
};

const transposed: Step = (body, x) => {
  if (!isImage(x)) return false;
  const filters = body.choices.between(1, 3);
  const w = window(body);
  const [h = 0, v = 0] = x.shape.map((n) => (w.padding === 'same' ? n * w.s : (n - 1) * w.s + w.k));
  if (h * v * filters > MOST) return false;
  body.define(`${body.use(x)}.pipe(${written('convTranspose2d', filters, w)})`, [h, v, filters]);
  return true;
};

const pooled: Step = (body, x) => {
  if (!isImage(x)) return false;
  const { choices } = body;
  const name = choices.of(['maxPool2d', 'avgPool2d', 'globalAvgPool2d', 'upsample2d']);
  const [h = 0, w = 0, c = 0] = x.shape;
  if (name === 'globalAvgPool2d') {
    body.define(`globalAvgPool2d(${body.use(x)})`, [c]);
    return true;
  }
  if (name === 'upsample2d') {
    const factor = choices.of([2, 3]);
    if (size(x.shape) * factor ** 2 > MOST) return false;
    body.define(`${body.use(x)}.pipe(upsample2d(${factor === 2 ? '' : factor}))`, [h * factor, w * factor, c]);
    return true;
  }
  const [k, s, padding] = [choices.of([2, 3, 1]), choices.of([2, 1]), choices.of(['valid', 'same'])];
  const [tall, wide] = [shrunk(h, k, s, padding), shrunk(w, k, s, padding)];
  if (tall < 1 || wide < 1) return false;
  const options = [
    ...(k === 2 ? [] : [`size: ${k}`]),
    ...(s === 2 ? [] : [`stride: ${s}`]),
    ...(padding === 'valid' ? [] : [`padding: 'same'`]),
  ];
  body.define(`${body.use(x)}.pipe(${name}(${options.length > 0 ? `{ ${options.join(', ')} }` : ''}))`, [
    tall,
    wide,
    c,
  ]);
  return true;
};

const reduced: Step = (body, x) => {
  const name = body.choices.of(['sumLast', 'logSumExp', 'sum']);
  if (x.shape.length === 0) return false;
  body.define(`${name}(${body.use(x)})`, name === 'sum' ? [] : x.shape.slice(0, -1));
  return true;
};

/** What belongs to no example: parameters and constants. */
const owned: Step = (body, x) => {
  const { choices } = body;
  if (x.shape.length === 0) return false;
  const shape = `[${x.shape.join(', ')}]`;
  const what = choices.of([
    `parameter('scale', ${shape}, ones)`,
    `parameter('shift', ${shape}, zeros)`,
    `constant(${shape}, 0.75)`,
    `constant(${shape}, [${Array.from({ length: size(x.shape) }, (_, i) => (i % 7) / 4 - 0.5).join(', ')}])`,
  ]);
  body.define(`${choices.of(['mul', 'add'])}(${body.use(x)}, ${what})`, x.shape);
  return true;
};

/** Samples of each example, laid out again on an axis. */
const sampled: Step = (body, x) => {
  const k = body.choices.between(1, 3);
  if (size(x.shape) * k > MOST) return false;
  const layer = body.choices.of(['tanh', 'dropout(0.3)', 'gaussianNoise(0.2)']);
  body.define(`${body.use(x)}.pipe(repeat(${k}), ${layer}, group(${k}))`, [k, ...x.shape]);
  return true;
};

const blocked: Step = (body, x) => {
  if (!isVector(x)) return false;
  const units = body.choices.between(1, 5);
  body.define(`block('piece', () => ${body.use(x)}.pipe(dense(${units}), ${body.choices.of(ANY)}))`, [units]);
  return true;
};

const omitted: Step = (body, x) => {
  if (!isImage(x)) return false;
  body.define(`${body.use(x)}.pipe(omission(0.5))`, x.shape);
  return true;
};

const narrowed: Step = (body, x) => {
  body.define(`${body.use(x)}.pipe(shaped(${x.shape.join(', ')}))`, x.shape);
  return true;
};

export const STEPS: readonly [Step, ...Step[]] = [
  pipe,
  dense,
  conv,
  concat,
  arithmetic,
  transposed,
  pooled,
  guarded,
  sliced,
  reshaped,
  reduced,
  owned,
  sampled,
  blocked,
  omitted,
  narrowed,
  ...SEQUENCES,
];

/** Those that are for images alone. */
const IMAGES: readonly [Step, ...Step[]] = [conv, pooled, transposed, omitted, pictures];

/** Some steps, each from a value that is chosen among the last ones. */
export const steps = (body: Body, most: number): void => {
  const { choices } = body;
  for (let n = choices.below(most + 1); n > 0; n--) {
    const recent = body.values.toReversed();
    const x = recent[choices.below(Math.min(recent.length, 4))];
    const own = !x ? STEPS : isImage(x) ? IMAGES : isSeries(x) ? SERIES : STEPS;
    if (x) choices.of(choices.once(2) ? own : STEPS)(body, x);
  }
};

/** The last value as one of this shape, with whatever of `include` it does not depend on joined to it. */
export const shapedAs = (body: Body, shape: readonly number[], include: readonly Val[] = []): Val => {
  const { choices } = body;
  const last = body.values.at(-1);
  if (!last) throw new Error('a body that is given nothing');
  const unread = include.filter((v) => !body.depends(last, v));
  if (isImage(last) && shape.length === 3 && same(last.shape.slice(0, 2), shape.slice(0, 2)) && unread.length === 0)
    return body.define(`${body.use(last)}.pipe(conv2d(${shape[2]}))`, shape);
  const parts = [last, ...unread].map((v) => flat(body, v));
  const joined =
    parts.length > 1
      ? body.define(`concat(${parts.map((v) => body.use(v)).join(', ')})`, [
          parts.reduce((n, v) => n + (v.shape[0] ?? 0), 0),
        ])
      : last;
  const vector = flat(body, joined);
  const [h = 0, w = 0, c = 0] = shape;
  if (shape.length === 3 && h % 2 === 0 && w % 2 === 0 && choices.once(2)) {
    const small = [h / 2, w / 2, 2];
    const before = body.define(`${body.use(vector)}.pipe(dense(${size(small)}), reshape(${small.join(', ')}))`, small);
    return body.define(`${body.use(before)}.pipe(convTranspose2d(${c}, { stride: 2 }))`, shape);
  }
  const units = size(shape);
  if (shape.length === 1) return body.define(`${body.use(vector)}.pipe(dense(${units}))`, shape);
  return body.define(`${body.use(vector)}.pipe(dense(${units}), reshape(${shape.join(', ')}))`, shape);
};
