import { number } from '../../onnx/attributes.ts';
import { dtypeOfCode } from '../../onnx/dtype.ts';
import { v128, type Expr } from '../code/expression.ts';
import { cos, erf, exp, expm1, log, log1p, power, sigmoid, sin, tanh, truth } from '../kernels/functions.ts';
import { unable, type Lowering, type Vectors } from '../lowering.ts';

type Four = Expr<'v128'>;
const elements = (vectors: Vectors): Lowering => ({ kind: 'elements', vectors });

/** Returns a function of two or more, from the left. */
const folded = (combine: (a: Four, b: Four) => Four): Lowering =>
  elements((_, first, ...others) => others.reduce(combine, first ?? v128.splat(0)));

const unary = (f: (x: Four) => Four): Lowering => elements((_, x = v128.splat(0)) => f(x));

const compared = (compare: (a: Four, b: Four) => Four): Lowering =>
  elements((_, a = v128.splat(0), b = v128.splat(0)) => truth(compare(a, b)));

/** Whole numbers are stored as float32, which holds them up to 2²⁴: their products might not fit. */
const requireFloats = ({ node, isWhole }: Parameters<Vectors>[0]): void => {
  if (isWhole) unable(node, 'of floats', 'whole numbers');
};

/** Where truths are 1 and others 0. */
const isTrue = (x: Four): Four => v128.ne(x, v128.splat(0));

/** Arithmetic, functions and comparisons of elements, with ONNX's broadcasting. */
export const ELEMENTWISE: Readonly<Record<string, Lowering>> = {
  Add: folded(v128.add),
  Sub: folded(v128.sub),
  Mul: elements((given, first = v128.splat(0), ...others) => {
    requireFloats(given);
    return others.reduce(v128.mul, first);
  }),
  // Quotients of whole numbers are whole.
  Div: elements(({ isWhole }, a = v128.splat(0), b = v128.splat(0)) =>
    isWhole ? v128.trunc(v128.div(a, b)) : v128.div(a, b),
  ),
  Pow: elements((given, x = v128.splat(0), y = v128.splat(0)) => {
    requireFloats(given);
    return power(given.code, given.module, x, y);
  }),
  Max: folded(v128.max),
  Min: folded(v128.min),
  Neg: unary(v128.neg),
  Abs: unary(v128.abs),
  Sqrt: unary(v128.sqrt),
  Floor: unary(v128.floor),
  Identity: { kind: 'view' },
  Reciprocal: unary((x) => v128.div(v128.splat(1), x)),
  Sign: elements(({ code }, x = v128.splat(0)) => {
    const own = code.local('v128', x);
    return v128.sub(truth(v128.gt(own, v128.splat(0))), truth(v128.lt(own, v128.splat(0))));
  }),
  Relu: unary((x) => v128.pmax(x, v128.splat(0))),
  LeakyRelu: elements(({ node, code }, x = v128.splat(0)) => {
    const own = code.local('v128', x);
    const low = v128.mul(v128.min(own, v128.splat(0)), v128.splat(number(node, 'alpha')));
    return v128.add(v128.max(own, v128.splat(0)), low);
  }),
  Elu: elements(({ node, code, module }, x = v128.splat(0)) => {
    const own = code.local('v128', x);
    const low = v128.mul(expm1(module, v128.min(own, v128.splat(0))), v128.splat(number(node, 'alpha')));
    return v128.select(v128.lt(own, v128.splat(0)), low, own);
  }),
  Exp: elements(({ module }, x = v128.splat(0)) => exp(module, x)),
  Log: elements(({ module }, x = v128.splat(0)) => log(module, x)),
  Erf: elements(({ module }, x = v128.splat(0)) => erf(module, x)),
  Sin: elements(({ module }, x = v128.splat(0)) => sin(module, x)),
  Cos: elements(({ module }, x = v128.splat(0)) => cos(module, x)),
  Sigmoid: elements(({ module }, x = v128.splat(0)) => sigmoid(module, x)),
  Tanh: elements(({ module }, x = v128.splat(0)) => tanh(module, x)),
  Softplus: elements(({ code, module }, x = v128.splat(0)) => {
    const own = code.local('v128', x);
    const tail = log1p(module, exp(module, v128.neg(v128.abs(own))));
    return v128.add(v128.max(own, v128.splat(0)), tail);
  }),
  Clip: elements(({ node }, x = v128.splat(0), low = x, high = x) => {
    const [, lowest = '', highest = ''] = node.inputs;
    const above = lowest === '' ? x : v128.max(x, low);
    return highest === '' ? above : v128.min(above, high);
  }),
  Equal: compared(v128.eq),
  Less: compared(v128.lt),
  LessOrEqual: compared(v128.le),
  Greater: compared(v128.gt),
  GreaterOrEqual: compared(v128.ge),
  And: folded(v128.mul),
  Or: folded(v128.max),
  Not: unary((x) => v128.sub(v128.splat(1), x)),
  Where: elements((_, condition = v128.splat(0), a = v128.splat(0), b = v128.splat(0)) =>
    v128.select(isTrue(condition), a, b),
  ),
  Cast: elements(({ node }, x = v128.splat(0)) => {
    const to = dtypeOfCode(number(node, 'to'));
    if (to === 'bool') return truth(isTrue(x));
    if (to === 'float32') return x;
    return to === 'int32' || to === 'int64'
      ? v128.trunc(x)
      : unable(node, 'to float32, whole numbers or truths', String(to));
  }),
};
