import { show } from '../../shape/show.ts';
import { axisOf, invalid, number } from '../attributes.ts';
import { broadcastAll, productOf } from '../dims.ts';
import { dtypeOfCode } from '../dtype.ts';
import type { Dim } from '../graph.ts';
import type { ELEMENTWISE } from '../schema/elementwise.ts';
import { rankOf, requireEqual, shapeOf, type Context, type Rule } from './rule.ts';

const same: Rule = (context) => [{ shape: shapeOf(context, 0) }];

const broadcasting: Rule = ({ node, inputs }) => {
  const shapes = inputs.flatMap((input) => (input ? [input.shape] : []));
  const shape = broadcastAll(shapes);
  if (!shape) throw invalid(node, 'shapes that broadcast', shapes.map(show).join(' and '));
  return [{ shape }];
};

const clip: Rule = (context) => {
  for (const bound of context.inputs.slice(1))
    if (bound && bound.shape.length > 0) throw invalid(context.node, 'scalar bounds', `the shape ${show(bound.shape)}`);
  return same(context);
};

const cast: Rule = (context) => {
  const code = number(context.node, 'to');
  const dtype = dtypeOfCode(code);
  if (!dtype) throw invalid(context.node, 'to to be the number of a type in use', String(code));
  return [{ shape: shapeOf(context, 0), dtype }];
};

const oneHot: Rule = (context) => {
  const shape = shapeOf(context, 0);
  if (shape.length === 0) throw invalid(context.node, 'indices of at least one axis', 'a scalar');
  requireEqual(context, 'elements of the depth, a number', 1, productOf(shapeOf(context, 1)));
  requireEqual(context, 'values', 2, rankOf(context, 2, 1)[0] ?? '?');
  const axis = axisOf(context.node, number(context.node, 'axis'), shape.length + 1);
  return [{ shape: [...shape.slice(0, axis), depthOf(context), ...shape.slice(axis)] }];
};

const depthOf = (context: Context): Dim => {
  const depth = context.elements(1)?.[0] ?? '?';
  if (typeof depth === 'number' && depth < 1) throw invalid(context.node, 'a depth of at least 1', String(depth));
  return depth;
};

/** Shape rules of operators that work element by element. */
export const INFER_ELEMENTWISE: Readonly<Record<keyof typeof ELEMENTWISE, Rule>> = {
  Add: broadcasting,
  Sub: broadcasting,
  Mul: broadcasting,
  Div: broadcasting,
  Pow: broadcasting,
  Max: broadcasting,
  Min: broadcasting,
  Equal: broadcasting,
  Greater: broadcasting,
  GreaterOrEqual: broadcasting,
  Less: broadcasting,
  LessOrEqual: broadcasting,
  And: broadcasting,
  Or: broadcasting,
  Where: broadcasting,
  Neg: same,
  Abs: same,
  Sqrt: same,
  Exp: same,
  Log: same,
  Erf: same,
  Sin: same,
  Cos: same,
  Sign: same,
  Floor: same,
  Reciprocal: same,
  Relu: same,
  LeakyRelu: same,
  Elu: same,
  Sigmoid: same,
  Tanh: same,
  Softplus: same,
  Not: same,
  Identity: same,
  Clip: clip,
  Cast: cast,
  OneHot: oneHot,
};
