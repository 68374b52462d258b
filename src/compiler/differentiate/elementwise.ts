import { number } from '../../onnx/defaults.ts';
import { dtypeOfCode, isFloat } from '../../onnx/dtype.ts';
import type { Value } from '../../onnx/builder.ts';
import type { ELEMENTWISE } from '../../onnx/operators/table.ts';
import { summed } from './fit.ts';
import { flat, shared, type Gradient, type GradientRule, type RuleContext } from './rule.ts';

/** The rule of an operator with one input: the gradient from the site, the input x and the output y. */
const unary =
  (derive: (site: RuleContext, x: Value, y: Value) => Value): GradientRule =>
  (site) => [() => derive(site, site.input(0).value, site.output(0).value)];

/** The rule of an operator with two inputs, a and b, whose shapes broadcast, and the output y. */
const binary =
  (
    byA: (site: RuleContext, a: Value, b: Value, y: Value) => Value,
    byB: (site: RuleContext, a: Value, b: Value, y: Value) => Value,
  ): GradientRule =>
  (site) => {
    const [a, b, y] = [site.input(0).value, site.input(1).value, site.output(0).value];
    return [() => summed(site, byA(site, a, b, y), 0), () => summed(site, byB(site, a, b, y), 1)];
  };

const product = binary(
  ({ onnx, gradient }, _, b) => onnx.Mul(gradient, b),
  ({ onnx, gradient }, a) => onnx.Mul(gradient, a),
);

/** The rule of a square, which is written as a product but needs half the work. */
const square: GradientRule = ({ onnx, gradient, input }) => [
  () => onnx.Mul(onnx.Mul(gradient, 2), input(0).value),
  undefined,
];

/** The rule of a maximum or minimum: if several inputs are equal, the first receives the gradient. */
const extreme: GradientRule = (site) => {
  const { onnx, gradient, inputs, input, output } = site;
  const isIt = (i: number): Value => onnx.Equal(input(i).value, output(0).value);
  // Whether one of the inputs up to the i-th is the result.
  const upTo = Array.from({ length: inputs }, (_, i): (() => Value) =>
    shared(() => {
      const before = upTo[i - 1];
      return before ? onnx.Or(before(), isIt(i)) : isIt(i);
    }),
  );
  return upTo.map((_, i) => () => {
    const before = upTo[i - 1];
    const last = i === inputs - 1;
    const own = before && last ? gradient : onnx.Where(isIt(i), gradient, 0);
    return summed(site, before ? onnx.Where(before(), 0, own) : own, i);
  });
};

const clip: GradientRule = ({ onnx, gradient, node, input }) => {
  const given = (i: number) => (node.inputs[i] ? input(i).value : undefined);
  const [x, min, max] = [input(0).value, given(1), given(2)];
  return [
    () => {
      const above = min ? onnx.Where(onnx.Less(x, min), 0, gradient) : gradient;
      return max ? onnx.Where(onnx.Greater(x, max), 0, above) : above;
    },
    min && (() => onnx.ReduceSum(onnx.Where(onnx.Less(x, min), gradient, 0), undefined, { keepdims: 0 })),
    max && (() => onnx.ReduceSum(onnx.Where(onnx.Greater(x, max), gradient, 0), undefined, { keepdims: 0 })),
  ];
};

/** The gradient rules of operators that work element by element. */
export const GRADIENT_ELEMENTWISE: Readonly<Record<keyof typeof ELEMENTWISE, Gradient>> = {
  Add: binary(
    ({ gradient }) => gradient,
    ({ gradient }) => gradient,
  ),
  Sub: binary(
    ({ gradient }) => gradient,
    ({ onnx, gradient }) => onnx.Neg(gradient),
  ),
  Mul: (site) => (site.node.inputs[0] === site.node.inputs[1] ? square(site) : product(site)),
  Div: binary(
    ({ onnx, gradient }, _, b) => onnx.Div(gradient, b),
    ({ onnx, gradient }, _, b, y) => onnx.Neg(onnx.Mul(onnx.Div(gradient, b), y)),
  ),
  Pow: binary(
    ({ onnx, gradient, input }, a, given) => {
      // Exponents may be whole numbers.
      const b = isFloat(input(1).dtype) ? given : onnx.Cast(given, 'float32');
      return onnx.Mul(onnx.Mul(gradient, b), onnx.Pow(a, onnx.Sub(b, 1)));
    },
    ({ onnx, gradient }, a, _, y) => onnx.Mul(onnx.Mul(gradient, y), onnx.Log(a)),
  ),
  Max: extreme,
  Min: extreme,
  Neg: unary(({ onnx, gradient }) => onnx.Neg(gradient)),
  // At 0, where no derivative exists, 0: the mean of both sides, as in PyTorch.
  Abs: unary(({ onnx, gradient }, x) =>
    onnx.Where(onnx.Greater(x, 0), gradient, onnx.Where(onnx.Less(x, 0), onnx.Neg(gradient), 0)),
  ),
  Sqrt: unary(({ onnx, gradient }, _, y) => onnx.Div(onnx.Mul(gradient, 0.5), y)),
  Exp: unary(({ onnx, gradient }, _, y) => onnx.Mul(gradient, y)),
  Log: unary(({ onnx, gradient }, x) => onnx.Div(gradient, x)),
  // 2/√π·e^(−x²)
  Erf: unary(({ onnx, gradient }, x) =>
    onnx.Mul(onnx.Mul(gradient, 2 / Math.sqrt(Math.PI)), onnx.Exp(onnx.Neg(onnx.Mul(x, x)))),
  ),
  Sin: unary(({ onnx, gradient }, x) => onnx.Mul(gradient, onnx.Cos(x))),
  Cos: unary(({ onnx, gradient }, x) => onnx.Neg(onnx.Mul(gradient, onnx.Sin(x)))),
  Sign: flat,
  Floor: flat,
  Reciprocal: unary(({ onnx, gradient }, _, y) => onnx.Neg(onnx.Mul(gradient, onnx.Mul(y, y)))),
  // As a product, which onnxruntime computes twice as fast as a Where.
  Relu: unary(({ onnx, gradient }, _, y) => onnx.Mul(gradient, onnx.Cast(onnx.Greater(y, 0), 'float32'))),
  LeakyRelu: unary(({ onnx, gradient, node }, x) =>
    onnx.Where(onnx.Greater(x, 0), gradient, onnx.Mul(gradient, number(node, 'alpha'))),
  ),
  // α·e^x, for negative x, is y + α.
  Elu: unary(({ onnx, gradient, node }, x, y) =>
    onnx.Where(onnx.Greater(x, 0), gradient, onnx.Mul(gradient, onnx.Add(y, number(node, 'alpha')))),
  ),
  Sigmoid: unary(({ onnx, gradient }, _, y) => onnx.Mul(gradient, onnx.Sub(y, onnx.Mul(y, y)))),
  Tanh: unary(({ onnx, gradient }, _, y) => onnx.Mul(gradient, onnx.Sub(1, onnx.Mul(y, y)))),
  // Computes e^x/(1 + e^x) as e^(x − ln(1 + e^x)): onnxruntime's Sigmoid is 0 from −18 down, where a steep loss still
  // has a slope.
  Softplus: unary(({ onnx, gradient }, x, y) => onnx.Mul(gradient, onnx.Exp(onnx.Sub(x, y)))),
  Clip: clip,
  Equal: flat,
  Greater: flat,
  GreaterOrEqual: flat,
  Less: flat,
  LessOrEqual: flat,
  And: flat,
  Or: flat,
  Not: flat,
  Where: (site) => {
    const { onnx, gradient, input } = site;
    const condition = input(0).value;
    return [
      undefined,
      () => summed(site, onnx.Where(condition, gradient, 0), 1),
      () => summed(site, onnx.Where(condition, 0, gradient), 2),
    ];
  },
  Cast: (site) => {
    const to = dtypeOfCode(number(site.node, 'to'));
    // Gradients are float32, whatever the type of a value.
    return to && isFloat(to) && isFloat(site.input(0).dtype) ? [() => site.gradient] : [];
  },
  Identity: (site) => (site.node.flag === 'stopGradient' ? [] : [() => site.gradient]),
  OneHot: { opaque: 'looks values up by a one-hot index' },
};
