import { number } from '../../onnx/defaults.ts';
import { zeros } from './fit.ts';
import type { GradientRule } from './rule.ts';

/** The elements that were taken receive the gradient, the others none; K and the places have none. */
export const topK: GradientRule = ({ onnx, node, gradient, input, output }) => [
  () => onnx.ScatterElements(zeros(onnx, input(0)), output(1).value, gradient, { axis: number(node, 'axis') }),
];

/** Each element contributes to the sums from it on, so its gradient is a sum in the other direction. */
export const cumSum: GradientRule = ({ onnx, node, gradient, numbers }) => [
  () =>
    onnx.CumSum(gradient, numbers(1)?.[0] ?? 0, {
      ...(number(node, 'exclusive') === 1 && { exclusive: 1 }),
      ...(number(node, 'reverse') === 0 && { reverse: 1 }),
    }),
];

/** The elements that were kept receive the gradient. */
export const trilu: GradientRule = ({ onnx, node, gradient, numbers }) => [
  () => onnx.Trilu(gradient, numbers(1)?.[0] ?? 0, { ...(number(node, 'upper') === 0 && { upper: 0 }) }),
];
