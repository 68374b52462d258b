import { number, numbers, tensor } from '../attributes.ts';
import { dtypeOfCode, isFloat } from '../dtype.ts';
import { addDims, divideDims, multiplyDims, subtractDims } from '../dims.ts';
import type { Dim, OnnxTensor } from '../graph.ts';
import { shapeRange } from '../operators/creation.ts';
import { numbersOf } from '../tensor.ts';
import { knownNumbers, type Context } from './rule.ts';

/** The maximum number of axes of a shape; longer lists of elements are not followed. */
export const MOST = 64;

/** Returns the elements of a constant that may take part in shape arithmetic: a scalar or vector of whole numbers. */
export const elementsOfTensor = (constant: OnnxTensor): readonly Dim[] | undefined => {
  if (constant.shape.length > 1 || constant.data.length > MOST) return undefined;
  return Array.from(numbersOf(constant));
};

/** Returns the elements of a node's output if they follow from those of its inputs; shapes are computed from them. */
export const propagate = (context: Context): readonly Dim[] | undefined => {
  const { node, inputs, elements } = context;
  const a = elements(0);
  const b = elements(1);
  switch (node.op) {
    case 'Constant':
      return constantElements(context);
    case 'Shape':
      return shapeRange(context);
    case 'Cast':
      return converted(context);
    case 'Identity':
    case 'Squeeze':
    case 'Unsqueeze':
    case 'Reshape':
      return a;
    case 'Concat': {
      const parts = inputs.map((_, i) => elements(i));
      return parts.every((part) => part !== undefined) ? parts.flat() : undefined;
    }
    case 'Gather': {
      const indices = knownNumbers(context, 1);
      return a && indices?.map((index) => a[index < 0 ? index + a.length : index] ?? '?');
    }
    case 'Slice': {
      const [starts, ends, steps] = [knownNumbers(context, 1), knownNumbers(context, 2), knownNumbers(context, 4)];
      const unit = inputs[4] === undefined || steps?.[0] === 1;
      return a && starts && ends && unit ? a.slice(starts[0], ends[0]) : undefined;
    }
    case 'Add':
    case 'Sub':
    case 'Mul':
    case 'Div':
      // Fractions would have to be rounded as float32 rounds them.
      return inputs[0] && !isFloat(inputs[0].dtype) ? pairwise(a, b, ARITHMETIC[node.op]) : undefined;
    default:
      return undefined;
  }
};

const ARITHMETIC = { Add: addDims, Sub: subtractDims, Mul: multiplyDims, Div: divideDims };

/** A conversion to whole numbers truncates fractions; no other conversions are followed. */
const converted = ({ node, inputs, elements }: Context): readonly Dim[] | undefined => {
  const to = dtypeOfCode(number(node, 'to'));
  if (to === inputs[0]?.dtype) return elements(0);
  if (to !== 'int64' && to !== 'int32') return undefined;
  return elements(0)?.map((element) => (typeof element === 'number' ? Math.trunc(element) : element));
};

const pairwise = (
  a: readonly Dim[] | undefined,
  b: readonly Dim[] | undefined,
  combine: (a: Dim, b: Dim) => Dim,
): readonly Dim[] | undefined => {
  if (!a || !b || (a.length !== b.length && a.length !== 1 && b.length !== 1)) return undefined;
  const longer = a.length >= b.length ? a : b;
  return longer.map((_, i) => combine(a[a.length === 1 ? 0 : i] ?? '?', b[b.length === 1 ? 0 : i] ?? '?'));
};

const constantElements = ({ node }: Context): readonly Dim[] | undefined => {
  const held = tensor(node, 'value');
  if (held) return elementsOfTensor(held);
  const list = numbers(node, 'value_ints') ?? numbers(node, 'value_floats');
  if (list) return list.length <= MOST ? list : undefined;
  return [number(node, node.attributes['value_int'] === undefined ? 'value_float' : 'value_int')];
};
