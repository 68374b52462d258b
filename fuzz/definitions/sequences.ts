// What a body may do along axes: steps of text, like those of `layers.ts`.
import { size } from '../../src/shape/size.ts';
import { MOST, type Body, type Step, type Val } from './text.ts';

export const isSeries = ({ shape: [steps = 0, channels = 0, ...more] }: Val): boolean =>
  steps > 1 && channels > 0 && more.length === 0;
const isImage = ({ shape }: Val): boolean => shape.length === 3;
/** A written record of options without those that are the default. */
const options = (given: Readonly<Record<string, string | number | boolean | undefined>>): string => {
  const all = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
  return all.length > 0 ? `, { ${all.join(', ')} }` : '';
};
const piped = (body: Body, x: Val, layer: string, shape: readonly number[]): boolean => {
  if (size(shape) > MOST || size(shape) < 1) return false;
  body.define(`${body.use(x)}.pipe(${layer})`, shape);
  return true;
};
const without = (shape: readonly number[], axis: number): readonly number[] => shape.filter((_, i) => i !== axis);

const single: Step = (body, x) => {
  const code = body.choices.of([
    'abs($)',
    'sin($)',
    'cos($)',
    'mul(sign($), $)',
    'log1p(square($))',
    'clip(-0.7, 0.9)($)',
    'maximum($, 0.3)',
    'minimum($, 0.7)',
    'where(relu($), $, 0.25)',
    'where($, 0.5, $)',
  ]);
  body.define(code.replaceAll('$', body.use(x)), x.shape);
  return true;
};

const axis: Step = (body, x) => {
  const { choices } = body;
  const { shape } = x;
  if (shape.length === 0) return false;
  const along = choices.below(shape.length);
  const length = shape[along] ?? 1;
  // Equal numbers have no largest one: a ramp tells them apart.
  const ramp = `constant([${shape.join(', ')}], [${Array.from({ length: size(shape) }, (_, i) => ((i * 7) % 11) / 8 + i / 1024).join(', ')}])`;
  const [n, begin] = [choices.between(1, 3), choices.below(length)];
  const end = choices.between(begin + 1, length);
  const made = choices.of<() => boolean>([
    () => piped(body, x, `reduceSum(${along})`, without(shape, along)),
    () => piped(body, x, `reduceMean(${along})`, without(shape, along)),
    () => {
      body.define(`add(${body.use(x)}, ${ramp}).pipe(reduceMax(${along}))`, without(shape, along));
      return true;
    },
    () => piped(body, x, `at(${choices.below(shape[0] ?? 1)})`, shape.slice(1)),
    () => piped(body, x, `expand(${n})`, [n, ...shape]),
    () =>
      piped(
        body,
        x,
        `sliceAt(${along})(${begin}, ${end})`,
        shape.map((m, i) => (i === along ? end - begin : m)),
      ),
    () => {
      const axes = shape.map((_, i) => (i + along) % shape.length);
      return piped(
        body,
        x,
        `permute(${axes.join(', ')})`,
        axes.map((i) => shape[i] ?? 1),
      );
    },
    () => {
      const doubled = shape.map((m, i) => (i === along ? 2 * m : m));
      if (size(doubled) > MOST) return false;
      body.define(`concatAt(${along})(${body.use(x)}, tanh(${x.name}))`, doubled);
      return true;
    },
    () => {
      if (2 * size(shape) > MOST) return false;
      body.define(`stack(${body.use(x)}, square(${x.name}))`, [2, ...shape]);
      return true;
    },
  ]);
  return made();
};

const product: Step = (body, x) => {
  if (!isSeries(x)) return false;
  const [steps = 1] = x.shape;
  body.define(`matMul(${body.use(x)}, ${x.name}.pipe(permute(1, 0)))`, [steps, steps]);
  return true;
};

const atEach: Step = (body, x) => {
  if (x.shape.length < 2) return false;
  const units = body.choices.between(1, 5);
  const more = body.choices.once(2) ? `, ${body.choices.of(['tanh', 'relu', 'layerNorm', 'softmax'])}` : '';
  return piped(body, x, `each(dense(${units})${more})`, [...x.shape.slice(0, -1), units]);
};

const recurrent: Step = (body, x) => {
  if (!isSeries(x)) return false;
  const { choices } = body;
  const [units, last, reverse] = [choices.between(1, 4), choices.once(2), choices.once(3)];
  const given = options({ reverse: reverse || undefined, last: last || undefined });
  return piped(body, x, `${choices.of(['gru', 'lstm'])}(${units}${given})`, last ? [units] : [x.shape[0] ?? 1, units]);
};

const attending: Step = (body, x) => {
  if (!isSeries(x)) return false;
  const { choices } = body;
  const heads = (x.shape[1] ?? 1) % 2 === 0 && choices.once(2) ? 2 : undefined;
  const given = options({ heads, causal: choices.once(2) || undefined });
  return piped(body, x, `attention(${given.slice(2)})`, x.shape);
};

const norm: Step = (body, x) => {
  const channels = x.shape.at(-1) ?? 0;
  if (x.shape.length < 2 || size(x.shape.slice(0, -1)) < 2) return false;
  const groups = body.choices.from([1, 2, channels].filter((n) => n > 0 && channels % n === 0)) ?? 1;
  return piped(body, x, body.choices.once(2) ? 'instanceNorm' : `groupNorm(${groups})`, x.shape);
};

const series: Step = (body, x) => {
  if (!isSeries(x)) return false;
  const { choices } = body;
  const [length = 1, channels = 1] = x.shape;
  const [kernel, stride, dilation] = [choices.of([3, 1, 2, 4]), choices.of([1, 2, 3]), choices.of([1, 2])];
  const padding = choices.of(['same', 'valid']);
  const name = choices.of(['conv1d', 'maxPool1d', 'avgPool1d', 'upsample1d']);
  if (name === 'upsample1d') return piped(body, x, 'upsample1d(2)', [2 * length, channels]);
  const isConv = name === 'conv1d';
  const extent = isConv ? (kernel - 1) * dilation + 1 : kernel;
  const count = Math.ceil((padding === 'same' ? length : length - extent + 1) / stride);
  if (count < 1) return false;
  if (!isConv) {
    const window = options({ size: kernel, stride, padding: `'${padding}'` });
    return piped(body, x, `${name}(${window.slice(2)})`, [count, channels]);
  }
  const groups = channels % 2 === 0 && choices.once(2) ? 2 : 1;
  const filters = groups * choices.between(1, 3);
  // TensorFlow.js cannot combine strides and dilation.
  const apart = stride === 1 && dilation > 1 ? dilation : undefined;
  const own = Math.ceil((padding === 'same' ? length : length - (kernel - 1) * (apart ?? 1)) / stride);
  if (own < 1) return false;
  const given = options({
    kernel,
    stride: stride > 1 ? stride : undefined,
    dilation: apart,
    groups: groups > 1 ? groups : undefined,
    padding: `'${padding}'`,
  });
  return piped(body, x, `conv1d(${filters}${given})`, [own, filters]);
};

export const pictures: Step = (body, x) => {
  if (!isImage(x)) return false;
  const { choices } = body;
  const [h = 1, w = 1, c = 1] = x.shape;
  const [tall, wide] = [choices.between(1, 5), choices.between(1, 4)];
  const mode = choices.once(2) ? `, { mode: 'nearest' }` : '';
  return choices.of<() => boolean>([
    () => piped(body, x, `resize2d(${tall}, ${wide}${mode})`, [tall, wide, c]),
    () => piped(body, x, 'pad2d(1)', [h + 2, w + 2, c]),
    () => h > 2 && w > 2 && piped(body, x, 'crop2d(1)', [h - 2, w - 2, c]),
    () => c % 4 === 0 && piped(body, x, 'pixelShuffle(2)', [2 * h, 2 * w, c / 4]),
    () => 4 * size(x.shape) <= MOST && piped(body, x, 'conv2d(4), pixelShuffle(2)', [2 * h, 2 * w, 1]),
  ])();
};

/** A vector or more as a series. */
const laidOut: Step = (body, x) => {
  const length = size(x.shape);
  const steps = [2, 3, 4].find((n) => length % n === 0);
  return steps !== undefined && piped(body, x, `reshape(${steps}, ${length / steps})`, [steps, length / steps]);
};

/** Along axes. */
export const SEQUENCES: readonly [Step, ...Step[]] = [
  single,
  axis,
  product,
  atEach,
  recurrent,
  recurrent,
  attending,
  norm,
  series,
  series,
  pictures,
  laidOut,
];

/** Those that are for series alone. */
export const SERIES: readonly [Step, ...Step[]] = [recurrent, attending, series, atEach, product];
