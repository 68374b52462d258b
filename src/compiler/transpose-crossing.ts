import { axisOf } from '../onnx/attributes.ts';
import { number, numbers } from '../onnx/defaults.ts';
import type { OnnxNode, OnnxTensor } from '../onnx/graph.ts';
import { ELEMENTWISE } from '../onnx/operators/table.ts';
import { integers, reshaped, transposed } from './fold.ts';
import { derived, intsConstant, inverse, isSingle } from './shapes.ts';
import type { View } from './workspace.ts';

/**
 * A node rewritten to come before a transpose instead of after it. If a value v is a transpose of w, op(v) is the
 * transpose by `perm` of the op described here: with other attributes, with constants in the other order, and applied
 * to w.
 */
export interface Crossing {
  /** The inputs: `across` is a value that is, or must be, used before its transpose. */
  readonly inputs: readonly ({ readonly across: string } | { readonly as: string })[];
  readonly constants: Readonly<Record<string, OnnxTensor>>;
  readonly attributes: OnnxNode['attributes'];
  /** The transpose that then follows: the identity if none does. */
  readonly perm: readonly number[];
}

const REDUCTIONS = new Set(['ReduceSum', 'ReduceMean', 'ReduceMax', 'ReduceLogSumExp']);

/** Whether an operator computes each element of its output from the elements at the same place of its inputs. */
export const isElementwise = (op: string): boolean => Object.hasOwn(ELEMENTWISE, op) && op !== 'OneHot';

/** Whether a transpose may cross an operator, so that it follows it. Reductions are separate: they may absorb it. */
export const isCrossable = (op: string): boolean =>
  isElementwise(op) || op === 'Concat' || op === 'Softmax' || op === 'Slice' || op === 'Pad';

/** Whether an operator may absorb a transpose, because its output has fewer axes. */
export const isReduction = (op: string): boolean => REDUCTIONS.has(op);

/** Returns how a transpose by `perm` crosses a node, or undefined if it cannot. */
export const crossing = (node: OnnxNode, perm: readonly number[], view: View): Crossing | undefined => {
  const { op } = node;
  if (isElementwise(op)) return elementwise(node, perm, view);
  if (isReduction(op)) return reduction(node, perm, view);
  const axis = (given: number): number => perm[axisOf(node, given, perm.length)] ?? 0;
  const [x = '', ...rest] = node.inputs;
  const others = rest.map((as) => ({ as }));
  switch (op) {
    case 'Concat':
      return {
        inputs: node.inputs.map((across) => ({ across })),
        constants: {},
        attributes: { axis: axis(number(node, 'axis')) },
        perm,
      };
    case 'Softmax':
      return { inputs: [{ across: x }], constants: {}, attributes: { axis: axis(number(node, 'axis')) }, perm };
    case 'Slice': {
      const count = integers(view, rest[0])?.length;
      const axes = rest[2] ? integers(view, rest[2]) : Array.from({ length: count ?? 0 }, (_, i) => i);
      if (!axes || count === undefined) return undefined;
      const [name, tensor] = intsConstant(view, axes.map(axis));
      const [starts, ends, , steps] = rest;
      const last = steps ? [{ as: steps }] : [];
      return {
        inputs: [{ across: x }, { as: starts ?? '' }, { as: ends ?? '' }, { as: name }, ...last],
        constants: { [name]: tensor },
        attributes: {},
        perm,
      };
    }
    case 'Pad': {
      const pads = integers(view, rest[0]);
      if (!pads || rest[2]) return undefined;
      const back = inverse(perm);
      const moved = [...back, ...back.map((i) => i + perm.length)].map((i) => pads[i] ?? 0);
      const [name, tensor] = intsConstant(view, moved);
      return {
        inputs: [{ across: x }, { as: name }, ...others.slice(1)],
        constants: { [name]: tensor },
        attributes: node.attributes,
        perm,
      };
    }
    default:
      return undefined;
  }
};

/** Constants with more elements than this are not copied to move a transpose. */
const LARGE = 65_536;

const elementwise = (node: OnnxNode, perm: readonly number[], view: View): Crossing | undefined => {
  const constants: Record<string, OnnxTensor> = {};
  const inputs: ({ readonly across: string } | { readonly as: string })[] = [];
  for (const name of node.inputs) {
    const tensor = name === '' ? undefined : view.constant(name);
    if (name === '' || isSingle(view, name)) inputs.push({ as: name });
    else if (tensor) {
      if (view.uses(name) > 1 && tensor.data.length > LARGE) return undefined;
      const shape = [...perm.slice(tensor.shape.length).map(() => 1), ...tensor.shape];
      const own = derived(view, name);
      constants[own] = transposed(reshaped(tensor, shape), inverse(perm));
      inputs.push({ as: own });
    } else if (view.type(name)?.shape.length === perm.length) inputs.push({ across: name });
    else return undefined;
  }
  return { inputs, constants, attributes: node.attributes, perm };
};

const reduction = (node: OnnxNode, perm: readonly number[], view: View): Crossing | undefined => {
  const [x = '', given = ''] = node.inputs;
  const axes = given === '' ? numbers(node, 'axes') : integers(view, given);
  if (given !== '' && !axes) return undefined;
  if (!axes?.length) return undefined;
  const moved = axes.map((axis) => perm[axisOf(node, axis, perm.length)] ?? 0).sort((a, b) => a - b);
  const kept = perm.filter((axis) => !moved.includes(axis));
  const left = number(node, 'keepdims') === 1 ? perm : kept.map((axis) => kept.toSorted((a, b) => a - b).indexOf(axis));
  if (given === '')
    return { inputs: [{ across: x }], constants: {}, attributes: { ...node.attributes, axes: moved }, perm: left };
  const [name, tensor] = intsConstant(view, moved);
  return {
    inputs: [{ across: x }, { as: name }],
    constants: { [name]: tensor },
    attributes: node.attributes,
    perm: left,
  };
};
