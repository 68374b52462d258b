import { invalid } from '../../onnx/attributes.ts';
import { number } from '../../onnx/defaults.ts';
import type { Value } from '../../onnx/builder.ts';
import type { Dim } from '../../onnx/graph.ts';
import { equationOf } from '../../onnx/einsum.ts';
import { axesOf, expanded, reshaped, summed } from './fit.ts';
import type { GradientRule, RuleContext } from './rule.ts';

/**
 * Y = α·A′·B′ + β·C, where A′ is A or Aᵀ. Written as products with transposed factors instead of transposes:
 *
 *     ∂A′ = α·G·B′ᵀ and ∂B′ = α·A′ᵀ·G, each transposed if its matrix was; ∂C = β·G, summed where C was repeated
 */
export const gemm: GradientRule = (site) => {
  const { onnx, node, gradient, input } = site;
  const [alpha, beta] = [number(node, 'alpha'), number(node, 'beta')];
  const [transA, transB] = [bit(number(node, 'transA')), bit(number(node, 'transB'))];
  const multiply = (a: Value, b: Value, tA: 0 | 1, tB: 0 | 1): Value =>
    onnx.Gemm(a, b, undefined, {
      ...(alpha !== 1 && { alpha }),
      ...(tA && { transA: tA }),
      ...(tB && { transB: tB }),
    });
  const [a, b] = [input(0).value, input(1).value];
  return [
    () => (transA ? multiply(b, gradient, transB, 1) : multiply(gradient, b, 0, not(transB))),
    () => (transB ? multiply(gradient, a, 1, transA) : multiply(a, gradient, not(transA), 0)),
    () => summed(site, beta === 1 ? gradient : onnx.Mul(gradient, beta), 2),
  ];
};

const bit = (x: number): 0 | 1 => (x === 0 ? 0 : 1);
const not = (x: 0 | 1): 0 | 1 => (x === 0 ? 1 : 0);

/** ∂A = G·Bᵀ and ∂B = Aᵀ·G, in each of a batch of matrices; a vector is a matrix of one row or column. */
export const matMul: GradientRule = (site) => {
  const { onnx, gradient, input } = site;
  const [a, b] = [input(0), input(1)];
  if (a.shape.length === 2 && b.shape.length === 2)
    return [
      () => onnx.Gemm(gradient, b.value, undefined, { transB: 1 }),
      () => onnx.Gemm(a.value, gradient, undefined, { transA: 1 }),
    ];
  const left = a.shape.length === 1 ? onnx.Unsqueeze(a.value, [0]) : a.value;
  const right = b.shape.length === 1 ? onnx.Unsqueeze(b.value, [1]) : b.value;
  const [leftRank, rightRank] = [Math.max(a.shape.length, 2), Math.max(b.shape.length, 2)];
  const rank = Math.max(leftRank, rightRank);
  const missing = [...(a.shape.length === 1 ? [rank - 2] : []), ...(b.shape.length === 1 ? [rank - 1] : [])];
  const whole = missing.length > 0 ? onnx.Unsqueeze(gradient, missing) : gradient;
  const turned = (x: Value, rank: number): Value =>
    onnx.Transpose(x, [...axesOf(rank).slice(0, -2), rank - 1, rank - 2]);
  return [
    () => perMatrix(site, onnx.MatMul(whole, turned(right, rightRank)), rank, 0),
    () => perMatrix(site, onnx.MatMul(turned(left, leftRank), whole), rank, 1),
  ];
};

/** Sums over the matrices of a batch by which one matrix was multiplied, and removes axes that were added. */
const perMatrix = ({ onnx, input, output }: RuleContext, product: Value, rank: number, index: 0 | 1): Value => {
  const own = input(index);
  const batch = own.shape.length > 1 ? own.shape.slice(0, -2) : [];
  const full: readonly Dim[] = batchOf(output(0).shape, rank, input(0).shape.length, input(1).shape.length);
  const axes = axesOf(full.length).filter((axis) => {
    const dim = batch[axis - (full.length - batch.length)] ?? 1;
    return dim === 1 && full[axis] !== 1;
  });
  const sum = axes.length > 0 ? onnx.ReduceSum(product, axes, { keepdims: 1 }) : product;
  return own.shape.length === rank ? sum : reshaped(onnx, sum, own);
};

/** Returns the axes of the output before those of a matrix. */
const batchOf = (shape: readonly Dim[], rank: number, left: number, right: number): readonly Dim[] =>
  shape.slice(0, left === 1 || right === 1 ? rank - 2 : shape.length - 2);

/**
 * The gradient of each input is an Einsum of the output's gradient and the other inputs. Along an axis whose letter
 * occurs nowhere else, all its elements were added up.
 *
 *     ij,jk->ik: ∂A = G, B by ik,jk->ij
 */
export const einsum: GradientRule = ({ onnx, node, gradient, input }) => {
  const { inputs, output } = equationOf(node);
  return inputs.map((letters, i) => () => {
    if (new Set(letters).size < letters.length)
      throw invalid(node, 'letters once for each input, to train what is before it', letters.join(''));
    const others = inputs.filter((_, k) => k !== i);
    const known = letters.filter((letter) => output.includes(letter) || others.flat().includes(letter));
    const equation = `${[output, ...others].map((own) => own.join('')).join()}->${known.join('')}`;
    const values = node.inputs.flatMap((_, k) => (k === i ? [] : [input(k).value]));
    const found = onnx.Einsum(equation, gradient, ...values);
    const added = letters.flatMap((letter, axis) => (known.includes(letter) ? [] : [axis]));
    return added.length > 0 ? expanded(onnx, onnx.Unsqueeze(found, added), input(i)) : found;
  });
};
