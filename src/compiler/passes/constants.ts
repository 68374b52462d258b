import { isUnary, type Binary, type Unary } from '../../exchange.ts';
import { isTensor, subgraphs, type OnnxNode, type OnnxTensor, type ValueInfo } from '../../onnx/graph.ts';
import { tensorOf } from '../../onnx/tensor.ts';
import { size } from '../../shape/size.ts';
import { computed } from '../fold.ts';
import { made, originOf, tensor } from '../origin.ts';
import { rewriting, type Rule } from '../rewrite.ts';
import { derived as derivedName } from '../shapes.ts';

/** The number of elements by which a constant may exceed its inputs. */
const SMALL = 1024;

/**
 * Turns a constant that is written as a node into an initializer.
 *
 *     y = Constant <value = …> ()  →  y = …
 */
const written: Rule = ({ op, attributes, outputs: [y = ''] }) => {
  if (op !== 'Constant') return undefined;
  const tensor = tensorOfConstant(attributes);
  return tensor && { constants: { [y]: tensor } };
};

const tensorOfConstant = (attributes: OnnxNode['attributes']): OnnxTensor | undefined => {
  const { value, value_float, value_floats, value_int, value_ints } = attributes;
  if (isTensor(value)) return value;
  if (typeof value_float === 'number') return tensorOf('float32', [], [value_float]);
  if (typeof value_int === 'number') return tensorOf('int64', [], [value_int]);
  if (isNumbers(value_floats)) return tensorOf('float32', [value_floats.length], value_floats);
  return isNumbers(value_ints) ? tensorOf('int64', [value_ints.length], value_ints) : undefined;
};

const isNumbers = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every((element) => typeof element === 'number');

/** Operators that rearrange the elements of one constant: the result keeps that constant's name. */
const MOVES = new Set(['Transpose', 'Reshape', 'Squeeze', 'Unsqueeze', 'Cast', 'Identity']);

/** Operators that are also operations of an expression, by their ONNX names. */
const OPERATIONS: Readonly<Record<string, Unary | Binary>> = {
  Add: 'add',
  Sub: 'sub',
  Mul: 'mul',
  Div: 'div',
  Neg: 'neg',
  Abs: 'abs',
  Relu: 'relu',
  Sqrt: 'sqrt',
  Exp: 'exp',
  Log: 'log',
};

/**
 * Returns the output of a node that depends on parameters, as an expression of them; undefined if it cannot be
 * expressed.
 */
const derived = (
  { op, inputs, attributes }: OnnxNode,
  constants: ReadonlyMap<string, OnnxTensor>,
  outputs: readonly ValueInfo[],
): readonly OnnxTensor[] | undefined => {
  const [x, y] = inputs.map((name) => constants.get(name));
  const [output] = outputs;
  if (x?.dtype !== 'float32' || output?.dtype !== 'float32') return undefined;
  const of = tensor(x);
  if (op === 'Transpose') {
    const { perm } = attributes;
    const reverse = x.shape.map((_, i) => x.shape.length - 1 - i);
    return [made({ op: 'transpose', of, perm: Array.isArray(perm) ? perm.map(Number) : reverse })];
  }
  if (MOVES.has(op)) return [made({ op: 'reshape', of, shape: output.shape.map(Number) })];
  const operation = OPERATIONS[op];
  if (operation === undefined) return undefined;
  if (isUnary(operation)) return [made({ op: operation, of })];
  return y && [made({ op: operation, of, by: tensor(y) })];
};

/**
 * Computes nodes whose inputs are all constants, unless the result is much larger than these (an Expand, a Tile).
 *
 *     Transpose(kernel), 2 · 3, Concat([1], [2])  →  kernel', 6, [1, 2]
 */
const folded: Rule = (node, view) => {
  const { op, inputs, outputs } = node;
  if (inputs.length === 0 || subgraphs(node).length > 0) return undefined;
  const constants = new Map<string, OnnxTensor>();
  for (const name of inputs) {
    const tensor = name === '' ? undefined : view.constant(name);
    if (tensor) constants.set(name, tensor);
    else if (name !== '') return undefined;
  }
  const results = outputs.filter((name) => name !== '').map((name) => ({ name, type: view.type(name) }));
  const wanted = results.flatMap(({ name, type }) => (type ? [{ name, ...type }] : []));
  if (wanted.length < results.length) return undefined;
  const made = wanted.reduce((sum, { shape }) => sum + size(shape.map(Number)), 0);
  const given = [...constants.values()].reduce((sum, { data }) => sum + data.length, 0);
  if (!(made <= given + SMALL)) return undefined;

  const tensors = [...constants.values()].some(originOf)
    ? derived(node, constants, wanted)
    : computed([node], constants, wanted, view.opset);
  if (!tensors) return undefined;
  const [x = ''] = inputs;
  const [y = ''] = outputs;
  const [tensor] = tensors;
  if (MOVES.has(op) && tensor && view.type(x)?.dtype === tensor.dtype) {
    const name = derivedName(view, x);
    return { constants: { [name]: tensor }, values: { [y]: name } };
  }
  return {
    constants: Object.fromEntries(
      wanted.flatMap(({ name }, i) => {
        const result = tensors[i];
        return result ? [[name, result]] : [];
      }),
    ),
  };
};

/**
 * Replaces the shape of a value whose lengths are known by a constant.
 *
 *     Shape(x: [2, 3])  →  [2, 3]
 */
const shapes: Rule = ({ op, inputs: [x = ''], outputs: [y = ''], attributes }, view) => {
  const shape = op === 'Shape' ? view.type(x)?.shape : undefined;
  const { start, end } = attributes;
  const part = shape?.slice(typeof start === 'number' ? start : 0, typeof end === 'number' ? end : undefined);
  if (!part?.every((dim) => typeof dim === 'number')) return undefined;
  return { constants: { [y]: tensorOf('int64', [part.length], part.map(Number)) } };
};

/** Computes everything that does not depend on the inputs. */
export const constants = rewriting(written, folded, shapes);
