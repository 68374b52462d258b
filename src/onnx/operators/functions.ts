import { show } from '../../shape/show.ts';
import { invalid, number } from '../attributes.ts';
import type { Rule } from '../infer/rule.ts';
import { erf } from '../reference/erf.ts';
import type { Kernel } from '../reference/numbers.ts';
import type { Definition } from './definition.ts';
import { sameShape, unary, unarySpec } from './elementwise.ts';
import { NUMBER, optional } from './spec.ts';

const clipShape: Rule = (context) => {
  for (const bound of context.inputs.slice(1))
    if (bound && bound.shape.length > 0) throw invalid(context.node, 'scalar bounds', `the shape ${show(bound.shape)}`);
  return sameShape(context);
};

/** Returns 1 / (1 + e⁻ˣ), without overflow on either side. */
const sigmoid = (x: number): number => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));

const clip: Kernel = (call) => {
  const [low, high] = [call.inputs[1]?.data[0] ?? -Infinity, call.inputs[2]?.data[0] ?? Infinity];
  return unary((x) => Math.min(Math.max(x, low), high))(call);
};

/** Functions of one number, element by element. */
export const FUNCTIONS = {
  Neg: { ...unarySpec, types: { T: NUMBER }, infer: sameShape, evaluate: unary((x) => -x), exact: true },
  Abs: { ...unarySpec, types: { T: NUMBER }, infer: sameShape, evaluate: unary(Math.abs) },
  Sqrt: { ...unarySpec, infer: sameShape, evaluate: unary(Math.sqrt) },
  Exp: { ...unarySpec, infer: sameShape, evaluate: unary(Math.exp) },
  Log: { ...unarySpec, infer: sameShape, evaluate: unary(Math.log) },
  Erf: { ...unarySpec, types: { T: ['float32', 'float16'] }, infer: sameShape, evaluate: unary(erf) },
  Sin: { ...unarySpec, types: { T: ['float32', 'float64'] }, webgpu: 21, infer: sameShape, evaluate: unary(Math.sin) },
  Cos: { ...unarySpec, types: { T: ['float32', 'float64'] }, webgpu: 21, infer: sameShape, evaluate: unary(Math.cos) },
  Sign: { ...unarySpec, types: { T: NUMBER }, webgpu: 0, infer: sameShape, evaluate: unary(Math.sign) },
  Floor: { ...unarySpec, infer: sameShape, evaluate: unary(Math.floor) },
  Reciprocal: { ...unarySpec, infer: sameShape, evaluate: unary((x) => 1 / x) },
  Relu: { ...unarySpec, infer: sameShape, evaluate: unary((x) => (x < 0 ? 0 : x)) },
  LeakyRelu: {
    ...unarySpec,
    types: { T: ['float32'] },
    attributes: { alpha: optional('float', 0.01) },
    infer: sameShape,
    evaluate: unary((x, { node }) => (x < 0 ? number(node, 'alpha') * x : x)),
  },
  Elu: {
    ...unarySpec,
    types: { T: ['float32'] },
    attributes: { alpha: optional('float', 1) },
    webgpu: 21,
    infer: sameShape,
    evaluate: unary((x, { node }) => (x < 0 ? number(node, 'alpha') * Math.expm1(x) : x)),
  },
  Sigmoid: { ...unarySpec, infer: sameShape, evaluate: unary(sigmoid) },
  Tanh: { ...unarySpec, infer: sameShape, evaluate: unary(Math.tanh) },
  // log(1 + eˣ), without overflow for large x.
  Softplus: {
    ...unarySpec,
    types: { T: ['float32'] },
    infer: sameShape,
    evaluate: unary((x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))),
  },
  Clip: {
    ...unarySpec,
    inputs: { input: 'T', min: 'T?', max: 'T?' },
    outputs: { output: 'T' },
    infer: clipShape,
    evaluate: clip,
  },
} satisfies Record<string, Definition>;
