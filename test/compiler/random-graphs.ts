import { OnnxBuilder, type Value } from '../../src/onnx/builder.ts';
import type { Dim, OnnxGraph } from '../../src/onnx/graph.ts';
import { tensorOf } from '../../src/onnx/tensor.ts';
import { normals, permutation, stream, uniform } from '../../src/random.ts';

/** A value of a random graph, with its shape; the batch axis, where it has one, is N. */
interface Made {
  readonly value: Value;
  readonly shape: readonly Dim[];
}

/**
 * A graph of some 30 nodes drawn from a seed: images and vectors that are transposed, reshaped, joined, normalised, convolved
 * and multiplied with constants, in arrangements that nobody would think of. Some of its values are outputs.
 */
export const randomGraph = (seed: number): OnnxGraph => {
  const onnx = new OnnxBuilder(`random_${seed}`);
  let drawn = 0;
  const chance = (): number => uniform(stream(seed, 'choice'), drawn++);
  const below = (n: number): number => Math.floor(chance() * n);
  const some = <T>(list: readonly T[]): T | undefined => list[below(list.length)];
  const weights = (shape: readonly number[], positive = false): Value => {
    const size = shape.reduce((a, b) => a * b, 1);
    const numbers = normals(stream(seed, 'weights', drawn++), 1, size).map((x) =>
      positive ? Math.abs(x) + 0.5 : x / 2,
    );
    return onnx.initializer(`w${drawn}`, tensorOf('float32', shape, numbers));
  };

  const made: Made[] = ['x', 'z'].map((name) => {
    const shape: Dim[] = ['N', 1 + below(3), 1 + below(3), 1 + below(3)];
    return { value: onnx.input(name, 'float32', shape), shape };
  });
  // Mostly what has just been made, so that chains become long.
  const recent = (list: readonly Made[]): Made | undefined => some(chance() < 0.8 ? list.slice(-2) : list);
  const rank = (n: number): Made | undefined =>
    recent(made.filter(({ shape }) => shape.length === n && shape[0] === 'N'));
  const lengths = (shape: readonly Dim[]): number[] => shape.slice(1).map(Number);

  const steps: readonly (() => Made | undefined)[] = [
    ...Array.from({ length: 4 }, () => () => {
      const x = rank(4);
      const perm = [0, ...Array.from(permutation(3, stream(seed, 'perm', drawn++)), (axis) => axis + 1)];
      return x && { value: onnx.Transpose(x.value, perm), shape: perm.map((axis) => x.shape[axis] ?? 1) };
    }),
    () => {
      const x = recent(made);
      const f = some([onnx.Relu, onnx.Sigmoid, onnx.Tanh, onnx.Neg, onnx.Identity, onnx.stopGradient]);
      return x && f && { value: f(x.value), shape: x.shape };
    },
    () => {
      const x = recent(made);
      const f = some([onnx.Add, onnx.Mul, onnx.Sub]);
      if (!x || !f) return undefined;
      // One for all, one for each of the last axes, or one for each channel.
      const kinds = [[], x.shape.slice(-1).map(Number), x.shape.slice(1, 2).map(Number)];
      const kind = below(x.shape.length > 1 ? 3 : 1);
      const tail = kind === 2 ? x.shape.slice(2).map(() => 1) : [];
      const other = kind === 0 ? onnx.constant(some([0, 1, 0.5]) ?? 0) : weights([...(kinds[kind] ?? []), ...tail]);
      return { value: below(2) ? f(x.value, other) : f(other, x.value), shape: x.shape };
    },
    () => {
      const x = recent(made);
      const y = some(made.filter(({ shape }) => `${shape}` === `${x?.shape}`));
      const f = some([onnx.Add, onnx.Mul]);
      return x && y && f && { value: f(x.value, y.value), shape: x.shape };
    },
    () => {
      const x = rank(4);
      const axis = 1 + below(3);
      const same = (other: readonly Dim[]) =>
        other.length === 4 && other.every((dim, i) => i === axis || dim === x?.shape[i]);
      const y = some(made.filter(({ shape }) => same(shape)));
      if (!x || !y) return undefined;
      const shape = x.shape.map((dim, i) => (i === axis ? Number(dim) + Number(y.shape[i]) : dim));
      return { value: onnx.Concat([x.value, y.value], { axis: below(2) ? axis : axis - 4 }), shape };
    },
    () => {
      const x = rank(4);
      const axes = some([[1], [2, 3], [-1], [1, 2, 3]]) ?? [];
      const dropped = axes.map((axis) => (axis < 0 ? axis + 4 : axis));
      const f = some([onnx.ReduceMean, onnx.ReduceSum, onnx.ReduceMax]);
      return (
        x && f && { value: f(x.value, axes, { keepdims: 0 }), shape: x.shape.filter((_, i) => !dropped.includes(i)) }
      );
    },
    () => {
      const x = rank(4);
      return x && { value: onnx.Softmax(x.value, { axis: 1 + below(3) }), shape: x.shape };
    },
    () => {
      const x = rank(4);
      if (!x) return undefined;
      const pads = [0, below(2), below(2), 0, 0, 0, below(2), 0];
      return {
        value: onnx.Pad(x.value, pads, 0.5),
        shape: x.shape.map((dim, i) => (i ? Number(dim) + (pads[i] ?? 0) + (pads[i + 4] ?? 0) : dim)),
      };
    },
    ...Array.from({ length: 2 }, () => () => {
      const x = rank(4);
      const size = x ? lengths(x.shape).reduce((a, b) => a * b, 1) : 0;
      return x && { value: onnx.Reshape(x.value, [-1, size]), shape: ['N', size] };
    }),
    () => {
      const x = rank(2);
      const [size = 1] = x ? lengths(x.shape) : [];
      const image =
        [
          [size, 1, 1],
          [1, size / 2, 2],
          [2, size / 4, 2],
        ][size % 4 === 0 ? below(3) : size % 2 === 0 ? below(2) : 0] ?? [];
      return x && { value: onnx.Reshape(x.value, [-1, ...image]), shape: ['N', ...image] };
    },
    ...Array.from({ length: 2 }, () => () => {
      const x = rank(2);
      const units = 4 * (1 + below(2));
      const [size = 1] = x ? lengths(x.shape) : [];
      const bias = below(2) ? weights([units]) : undefined;
      const transB = below(2);
      const w = weights(transB ? [units, size] : [size, units]);
      return x && { value: onnx.Gemm(x.value, w, bias, { transB }), shape: ['N', units] };
    }),
    () => {
      const x = rank(2);
      const [size = 1] = x ? lengths(x.shape) : [];
      return x && { value: onnx.MatMul(x.value, weights([size, 4])), shape: ['N', 4] };
    },
    () => {
      const x = rank(2);
      const y = rank(2);
      const [a = 1, b = 1] = [x, y].map((part) => Number(part?.shape[1]));
      return x && y && { value: onnx.Concat([x.value, y.value], { axis: 1 }), shape: ['N', a + b] };
    },
    () => {
      const x = some(made.filter(({ shape }) => shape.length !== 1 && shape[0] === 'N'));
      const c = Number(x?.shape[1]);
      const [gamma, beta, mean, variance] = [weights([c]), weights([c]), weights([c]), weights([c], true)];
      return x && { value: onnx.BatchNormalization(x.value, gamma, beta, mean, variance), shape: x.shape };
    },
    () => {
      const x = rank(4);
      const pad = below(2);
      const [c = 1, h = 1, w = 1] = x ? lengths(x.shape) : [];
      const k = pad ? 3 : 1;
      const value =
        x &&
        onnx.Conv(x.value, weights([2, c, k, k]), below(2) ? weights([2]) : undefined, {
          kernel_shape: [k, k],
          pads: [pad, pad, pad, pad],
        });
      return value && { value, shape: ['N', 2, h, w] };
    },
    () => {
      const x = rank(4);
      const [c = 1, h = 1, w = 1] = x ? lengths(x.shape) : [];
      const value =
        x && onnx.ConvTranspose(x.value, weights([c, 2, 2, 2]), undefined, { kernel_shape: [2, 2], strides: [2, 2] });
      return value && { value, shape: ['N', 2, h * 2, w * 2] };
    },
    () => {
      const x = rank(4);
      const [c = 1, h = 1, w = 1] = x ? lengths(x.shape) : [];
      if (!x || h < 2 || w < 2) return undefined;
      const [value] = onnx.maxPoolWithIndices(x.value, { kernel_shape: [2, 2] });
      return { value, shape: ['N', c, h - 1, w - 1] };
    },
  ];

  for (let i = 0; i < 30; i++) {
    const next = some(steps)?.();
    // Large ones would make the test slow and show nothing more.
    if (next && lengths(next.shape).reduce((a, b) => a * b, 1) <= 256) made.push(next);
  }
  // Outputs are the last value and another, or all that nothing else takes.
  const taken = new Set(onnx.graph().nodes.flatMap(({ inputs }) => inputs));
  const ends = made.slice(2).filter(({ value }) => !taken.has(value.name));
  const outputs = (below(2) ? ends : [made.at(-1), some(made)]).flatMap((end) => end ?? []);
  for (const [i, { value, shape }] of outputs.entries()) onnx.output(`y${i}`, value, 'float32', shape);
  return onnx.graph();
};
