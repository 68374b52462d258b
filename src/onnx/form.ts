import { InvalidGraph } from '../errors.ts';
import { show } from '../shape/show.ts';
import { size } from '../shape/size.ts';
import { described, invalid, isNumbers } from './attributes.ts';
import { ELEMENT } from './dtype.ts';
import {
  isGraph,
  isTensor,
  subgraphs,
  type AttributeValue,
  type Dim,
  type OnnxGraph,
  type OnnxNode,
  type OnnxTensor,
  type ValueInfo,
} from './graph.ts';
import { kindAsRead } from './kind.ts';
import {
  fewest,
  parametersOf,
  specOf,
  within,
  type AttributeSpec,
  type OperatorSpec,
  type Parameter,
} from './schema.ts';

/** Returns an error about a part of a graph that is not a node. */
export const refuse = (where: string, expected: string, got: string, remedy: string): InvalidGraph =>
  new InvalidGraph(`${where}: expected ${expected}, got ${got}; ${remedy}`);

/**
 * The maximum nesting depth of graphs: beyond it, code that follows them would overflow the stack, or take too long.
 */
export const MOST_NESTED = 16;

/**
 * Checks that a graph's values are defined once and before they are used, and that nodes list only inputs, outputs and
 * attributes that the operator has at the opset.
 *
 * @throws InvalidGraph if they do not.
 */
export const checkForm = (graph: OnnxGraph, opset: number): void =>
  checkScope(graph, { opset, values: new Set(), nodes: new Set(), depth: 0 }, new Set());

/** The state of the surrounding graphs. */
interface Around {
  readonly opset: number;
  /** The values and the nodes that have been defined so far, in all graphs. */
  readonly values: Set<string>;
  readonly nodes: Set<string>;
  readonly depth: number;
}

/** `outer` holds the values of surrounding graphs that the graph may use. */
const checkScope = (graph: OnnxGraph, around: Around, outer: ReadonlySet<string>): void => {
  const { opset, values, nodes, depth } = around;
  if (depth > MOST_NESTED)
    throw refuse(graph.name, `graphs at most ${MOST_NESTED} deep within each other`, 'deeper ones', 'write it flatter');
  if (graph.outputs.length === 0) throw refuse(graph.name, 'an output', 'none', 'declare one');
  const visible = new Set(outer);
  const define = (name: string): void => {
    if (name === '') throw refuse(graph.name, 'a name for every value', 'an empty one', 'name it');
    if (values.has(name)) throw refuse(graph.name, 'each value to be defined once', `${name} twice`, 'rename one');
    values.add(name);
    visible.add(name);
  };
  for (const info of graph.inputs) {
    define(info.name);
    checkValue(info);
  }
  for (const info of graph.outputs) checkValue(info);
  for (const [name, tensor] of graph.initializers) {
    define(name);
    checkTensor(name, tensor);
  }
  for (const node of graph.nodes) {
    if (node.name !== '' && nodes.has(node.name))
      throw refuse(graph.name, 'nodes of different names', `${node.name} twice`, 'rename one');
    nodes.add(node.name);
    checkNode(node, opset);
    for (const input of node.inputs)
      if (input !== '' && !visible.has(input))
        throw invalid(node, 'inputs that are defined before it', input, 'put its producer first');
    for (const held of subgraphs(node)) checkScope(held, { ...around, depth: depth + 1 }, visible);
    for (const output of node.outputs) if (output !== '') define(output);
  }
  for (const { name } of graph.outputs)
    if (!visible.has(name))
      throw refuse(
        graph.name,
        `its output ${name} to be the output of a node`,
        'no such value',
        'put an Identity between',
      );
};

const checkNode = (node: OnnxNode, opset: number): void => {
  const spec = specOf(node.op);
  if (!spec) throw invalid(node, 'an operator in use', node.op || 'none', 'write it with others');
  if (!within(spec, opset)) throw invalid(node, `an operator of opset ${opset}`, node.op, 'choose a higher opset');
  checkArity(node, 'input', node.inputs, parametersOf(spec.inputs, opset));
  checkArity(node, 'output', node.outputs, parametersOf(spec.outputs, opset));
  checkAttributes(node, spec, opset);
  if (node.op === 'Split' && opset >= 18) checkSplit(node);
};

/** Before opset 18, parts without explicit lengths are equal. */
const checkSplit = ({ name, op, inputs, attributes }: OnnxNode): void => {
  const given = (inputs[1] ?? '') !== '';
  if (given === (attributes['num_outputs'] !== undefined))
    throw invalid({ name, op }, 'lengths or num_outputs', given ? 'both' : 'neither');
};

const checkArity = (node: OnnxNode, what: string, names: readonly string[], parameters: readonly Parameter[]): void => {
  const least = fewest(parameters);
  const last = parameters.at(-1);
  const most = last?.kind === 'variadic' ? Infinity : parameters.length;
  if (names.length < least || names.length > most)
    throw invalid(node, `${counts(least, most)} ${what}s`, String(names.length));
  names.forEach((name, i) => {
    const parameter = parameters[Math.min(i, parameters.length - 1)];
    if (name === '' && parameter?.kind !== 'optional')
      throw invalid(node, `its ${what} ${parameter?.name ?? i}`, 'one that is left out');
  });
};

const counts = (least: number, most: number): string => {
  if (most === Infinity) return `at least ${least}`;
  return least === most ? String(least) : `${least} to ${most}`;
};

const checkAttributes = (node: OnnxNode, spec: OperatorSpec, opset: number): void => {
  for (const [name, value] of Object.entries(node.attributes)) {
    const attribute = Object.hasOwn(spec.attributes, name) ? spec.attributes[name] : undefined;
    if (!attribute || !within(attribute, opset))
      throw invalid(node, `attributes of ${node.op} in use at opset ${opset}`, name, 'write the node without it');
    const read = kindAsRead(node, name);
    if (read) throw invalid(node, `${name} to be ${attribute.type}`, `one that is ${read} in the file`);
    if (!fits(attribute, value)) throw invalid(node, `${name} to be ${attribute.type}`, described(value));
    if (attribute.only && !attribute.only.some((one) => one === value))
      throw invalid(node, `${name} to be ${attribute.only.join(' or ')}`, described(value));
    if (isTensor(value)) checkTensor(`${node.name}, ${name}`, value);
  }
  for (const [name, { required }] of Object.entries(spec.attributes))
    if (required && node.attributes[name] === undefined) throw invalid(node, `its attribute ${name}`, 'none');
};

const fits = ({ type }: AttributeSpec, value: AttributeValue): boolean => {
  switch (type) {
    case 'int':
      return typeof value === 'number' && Number.isSafeInteger(value);
    case 'float':
      return typeof value === 'number';
    case 'string':
      return typeof value === 'string';
    case 'ints':
      return isNumbers(value) && value.every(Number.isSafeInteger);
    case 'floats':
      return isNumbers(value);
    case 'tensor':
      return isTensor(value);
    case 'graph':
      return isGraph(value);
  }
};

const isLength = (value: Dim): boolean => typeof value === 'string' || (Number.isSafeInteger(value) && value >= 0);

const checkValue = ({ name, shape }: ValueInfo): void => {
  if (!shape.every(isLength)) throw refuse(name, 'whole, positive lengths', show(shape), 'correct its shape');
};

const checkTensor = (where: string, { dtype, shape, data }: OnnxTensor): void => {
  if (!shape.every(isLength)) throw refuse(where, 'whole, positive lengths', show(shape), 'correct its shape');
  const { array } = ELEMENT[dtype];
  // By its brand, not by its class: it may come from another realm.
  const kind = Object.prototype.toString.call(data).slice(8, -1);
  if (kind !== array.name) throw refuse(where, `${array.name} for ${dtype}`, kind, 'correct its type');
  if (dtype === 'bool' && data.some((value) => value > 1))
    throw refuse(where, 'bools of 0 and 1', 'another number', 'write 0 or 1');
  if (data.length !== size(shape))
    throw refuse(where, `${size(shape)} elements for ${show(shape)}`, String(data.length), 'correct its shape');
};
