import { axisOf } from '../../onnx/attributes.ts';
import { number, numbers } from '../../onnx/defaults.ts';
import type { Value } from '../../onnx/builder.ts';
import { axesOf, count, expanded, sizes } from './fit.ts';
import type { GradientRule, RuleContext } from './rule.ts';

/** Returns the axes of a reduction: an input, or before opset 18 an attribute; all axes if none are given. */
const reducedAxes = ({ node, numbers: constants, input }: RuleContext): readonly number[] => {
  const rank = input(0).shape.length;
  const given = constants(1) ?? numbers(node, 'axes') ?? [];
  if (given.length > 0) return given.map((axis) => axisOf(node, axis, rank));
  return node.attributes['noop_with_empty_axes'] === 1 ? [] : axesOf(rank);
};

/** Restores the reduced axes, with length 1, in a value of the reduction's output shape, so that it broadcasts. */
const kept = (site: RuleContext, value: Value): Value => {
  const { onnx, input } = site;
  const axes = reducedAxes(site);
  // Broadcasting itself adds axes that are missing at the front.
  if (number(site.node, 'keepdims') === 1 || axes.every((axis) => axis < axes.length)) return value;
  const shape = input(0).shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim));
  const to = sizes(shape);
  return to ? onnx.Reshape(value, to) : onnx.Unsqueeze(value, axes);
};

/** Every element contributes with factor 1 to a sum. */
export const reduceSum: GradientRule = (site) => [() => expanded(site.onnx, kept(site, site.gradient), site.input(0))];

/** Every element contributes equally to a mean: 1 divided by their number. */
export const reduceMean: GradientRule = (site) => {
  const { onnx, gradient, input } = site;
  return [() => expanded(onnx, onnx.Div(kept(site, gradient), count(onnx, input(0), reducedAxes(site))), input(0))];
};

/** Every element that equals the maximum receives the gradient, as in TensorFlow.js. */
export const reduceMax: GradientRule = (site) => {
  const { onnx, gradient, input, output } = site;
  return [() => onnx.Where(onnx.Equal(input(0).value, kept(site, output(0).value)), kept(site, gradient), 0)];
};

/**
 * ∂ ln Σ e^x is the softmax. It is not computed as e^(x − y), in which large numbers lose as many digits as they have
 * before the point.
 */
export const reduceLogSumExp: GradientRule = (site) => {
  const { onnx, gradient, input } = site;
  const { value: x } = input(0);
  const axes = reducedAxes(site);
  const [axis, ...others] = axes;
  if (axes.length === 0) return [() => gradient]; // of each element by itself, ln e^x
  const shares = (): Value => {
    if (axis !== undefined && others.length === 0) return onnx.Softmax(x, { axis });
    const e = onnx.Exp(onnx.Sub(x, onnx.ReduceMax(x, axes, { keepdims: 1 })));
    return onnx.Div(e, onnx.ReduceSum(e, axes, { keepdims: 1 }));
  };
  return [() => onnx.Mul(shares(), kept(site, gradient))];
};
