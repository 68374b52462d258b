import { axisOf } from '../../onnx/attributes.ts';
import { number } from '../../onnx/defaults.ts';
import type { OnnxBuilder, Value } from '../../onnx/builder.ts';
import { axesOf, count, expanded, summed } from './fit.ts';
import { shared, type GradientRule } from './rule.ts';

/** ∂x = y·(g − Σ g·y) along an axis. */
export const softmax: GradientRule = ({ onnx, node, gradient, output }) => {
  const { value: y, shape } = output(0);
  const axis = axisOf(node, number(node, 'axis'), shape.length);
  return [
    () => {
      const weighted = onnx.Mul(gradient, y);
      return onnx.Sub(weighted, onnx.Mul(y, onnx.ReduceSum(weighted, [axis], { keepdims: 1 })));
    },
  ];
};

/**
 * Returns the gradient of x for x̂ = (x − mean)·d, with d = 1/√(variance + ε) and both over some axes, from g, the
 * gradient of x̂: d·(g − mean(g) − x̂·mean(g·x̂)).
 */
const standardised = (
  onnx: OnnxBuilder,
  g: Value,
  scaled: Value,
  perDeviation: Value,
  axes: readonly number[],
): Value => {
  const mean = (x: Value): Value => onnx.ReduceMean(x, axes, { keepdims: 1 });
  const along = onnx.Mul(scaled, mean(onnx.Mul(g, scaled)));
  return onnx.Mul(perDeviation, onnx.Sub(onnx.Sub(g, mean(g)), along));
};

/**
 * Its second and third outputs are the mean and 1/√(variance + ε) that it has computed, d: ∂mean is 1/n for each of n elements, ∂d
 * is −d²·x̂/n.
 */
export const layerNormalization: GradientRule = (site) => {
  const { onnx, node, gradients, input, output } = site;
  const [byY, byMean, byDeviation] = gradients;
  const { value: x, shape } = input(0);
  const axes = axesOf(shape.length).slice(axisOf(node, number(node, 'axis'), shape.length));
  const [mean, perDeviation] = [output(1).value, output(2).value];
  const scaled = shared(() => onnx.Mul(onnx.Sub(x, mean), perDeviation));
  const each = (total: Value): Value => onnx.Div(total, count(onnx, input(0), axes));
  const byX = (): Value => {
    const terms = [
      byY && standardised(onnx, onnx.Mul(byY, input(1).value), scaled(), perDeviation, axes),
      byMean && expanded(onnx, each(byMean), input(0)),
      byDeviation && onnx.Neg(onnx.Mul(onnx.Mul(each(byDeviation), onnx.Mul(perDeviation, perDeviation)), scaled())),
    ].filter((term) => term !== undefined);
    return terms.reduce((a, b) => onnx.Add(a, b));
  };
  return [byX, byY && (() => summed(site, onnx.Mul(byY, scaled()), 1)), byY && (() => summed(site, byY, 2))];
};

/** Over each channel of each example; mean and standard deviation are recomputed. */
export const instanceNormalization: GradientRule = ({ onnx, node, gradient, input }) => {
  const { value: x, shape } = input(0);
  const axes = axesOf(shape.length).slice(2);
  const mean = (value: Value): Value => onnx.ReduceMean(value, axes, { keepdims: 1 });
  const centred = shared(() => onnx.Sub(x, mean(x)));
  const perDeviation = shared(() =>
    onnx.Reciprocal(onnx.Sqrt(onnx.Add(mean(onnx.Mul(centred(), centred())), number(node, 'epsilon')))),
  );
  const scaled = shared(() => onnx.Mul(centred(), perDeviation()));
  const perChannel = (value: Value): Value => onnx.ReduceSum(value, [0, ...axes], { keepdims: 0 });
  return [
    () => {
      const scale = onnx.Reshape(input(1).value, [-1, ...axes.map(() => 1)]);
      return standardised(onnx, onnx.Mul(gradient, scale), scaled(), perDeviation(), axes);
    },
    () => perChannel(onnx.Mul(gradient, scaled())),
    () => perChannel(gradient),
  ];
};

/** y = s·(x − m)·d + b for each channel, with d = 1/√(v + ε); m and v are inputs like the others. */
export const batchNormalization: GradientRule = ({ onnx, node, gradient, input }) => {
  const { value: x, shape } = input(0);
  const axes = axesOf(shape.length).slice(2);
  const column = (value: Value): Value => (axes.length > 0 ? onnx.Reshape(value, [-1, ...axes.map(() => 1)]) : value);
  const perChannel = (value: Value): Value => onnx.ReduceSum(value, [0, ...axes], { keepdims: 0 });
  const perDeviation = shared(() => onnx.Reciprocal(onnx.Sqrt(onnx.Add(input(4).value, number(node, 'epsilon')))));
  const factor = shared(() => onnx.Mul(input(1).value, perDeviation()));
  const total = shared(() => perChannel(gradient));
  // Σ g·(x − m)·d, which is ∂s.
  const scaled = shared(() =>
    onnx.Mul(perChannel(onnx.Mul(gradient, onnx.Sub(x, column(input(3).value)))), perDeviation()),
  );
  return [
    () => onnx.Mul(gradient, column(factor())),
    scaled,
    total,
    () => onnx.Neg(onnx.Mul(total(), factor())),
    // ∂d/∂v = −½·d³
    () => onnx.Mul(onnx.Mul(onnx.Mul(scaled(), factor()), perDeviation()), -0.5),
  ];
};
