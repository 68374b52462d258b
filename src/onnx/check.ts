import { InvalidGraph } from '../errors.ts';
import { described, invalid, isNumbers } from './attributes.ts';
import { mayEqual, written } from './dims.ts';
import { ELEMENT } from './dtype.ts';
import {
  isGraph,
  isTensor,
  sizeOf,
  subgraphs,
  type AttributeValue,
  type OnnxGraph,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
} from './graph.ts';
import { infer, type Types } from './infer.ts';
import { kindAsRead } from './kind.ts';
import {
  IR_MAX,
  OPSET_MAX,
  OPSET_MIN,
  fewest,
  irVersionOf,
  parametersOf,
  specOf,
  within,
  type AttributeSpec,
  type OperatorSpec,
  type Parameter,
} from './schema.ts';

const refuse = (where: string, expected: string, got: string, remedy: string): InvalidGraph =>
  new InvalidGraph(`${where}: expected ${expected}, got ${got}; ${remedy}`);

/**
 * Refuses, with InvalidGraph, a model that onnxruntime or ONNX's own checker would refuse, and what the reference cannot
 * evaluate; gives the types of its values.
 */
export const check = ({ graph, opset, irVersion }: OnnxModel): Types => {
  const lowest = irVersionOf(opset);
  const types = checkGraph(graph, opset);
  if (!Number.isInteger(irVersion) || irVersion < lowest || irVersion > IR_MAX)
    throw refuse(
      graph.name,
      `an IR version from ${lowest} to ${IR_MAX} for opset ${opset}`,
      String(irVersion),
      `write ${lowest}`,
    );
  return types;
};

/** Refuses, with InvalidGraph, a graph as `check` does a model; gives the types of its values. */
export const checkGraph = (graph: OnnxGraph, opset: number): Types => {
  if (!Number.isInteger(opset) || opset < OPSET_MIN || opset > OPSET_MAX)
    throw refuse(graph.name, `an opset from ${OPSET_MIN} to ${OPSET_MAX}`, String(opset), 'choose one of them');
  const values = new Set<string>();
  const nodes = new Set<string>();
  checkScope(graph, opset, values, nodes, new Set());
  const types = infer(graph, opset);
  checkOutputs(graph, types);
  return types;
};

/** Names, order and form of a graph's nodes; `visible` are the values that may be used so far. */
const checkScope = (
  graph: OnnxGraph,
  opset: number,
  values: Set<string>,
  nodes: Set<string>,
  outer: ReadonlySet<string>,
): void => {
  if (graph.name === '') throw refuse('a graph', 'a name', 'none', 'name it');
  if (graph.outputs.length === 0) throw refuse(graph.name, 'an output', 'none', 'declare one');
  const visible = new Set(outer);
  const define = (name: string): void => {
    if (name === '') throw refuse(graph.name, 'a name for every value', 'an empty one', 'name it');
    if (values.has(name)) throw refuse(graph.name, 'each value to be defined once', `${name} twice`, 'rename one');
    values.add(name);
    visible.add(name);
  };
  for (const { name, shape } of graph.inputs) {
    define(name);
    if (shape.some((dim) => typeof dim === 'number' && !isLength(dim)))
      throw refuse(name, 'whole, positive lengths', written(shape), 'mend its shape');
  }
  for (const [name, tensor] of graph.initializers) {
    define(name);
    checkTensor(name, tensor);
  }
  const made = new Set<string>();
  for (const node of graph.nodes) {
    if (node.name === '') throw refuse(`a ${node.op} of ${graph.name}`, 'a name', 'none', 'name it');
    if (nodes.has(node.name)) throw refuse(graph.name, 'nodes of different names', `${node.name} twice`, 'rename one');
    nodes.add(node.name);
    checkNode(node, opset);
    for (const input of node.inputs)
      if (input !== '' && !visible.has(input))
        throw invalid(node, 'inputs that are defined before it', input, 'put what gives it first');
    for (const held of subgraphs(node)) checkScope(held, opset, values, nodes, visible);
    for (const output of node.outputs) {
      if (output === '') continue;
      define(output);
      made.add(output);
    }
  }
  const given = new Set<string>();
  for (const { name } of graph.outputs) {
    if (!made.has(name))
      throw refuse(
        graph.name,
        `its output ${name} to be what a node gives`,
        visible.has(name) ? 'a value that is there without one' : 'no such value',
        'put an Identity between',
      );
    if (given.has(name))
      throw refuse(graph.name, 'outputs of different names', `${name} twice`, 'put an Identity between');
    given.add(name);
  }
};

const checkNode = (node: OnnxNode, opset: number): void => {
  const spec = specOf(node.op);
  if (!spec) throw invalid(node, 'an operator in use', node.op, 'write it with others');
  if (!within(spec, opset)) throw invalid(node, `an operator of opset ${opset}`, node.op, 'choose a higher opset');
  checkArity(node, 'input', node.inputs, parametersOf(spec.inputs, opset));
  checkArity(node, 'output', node.outputs, parametersOf(spec.outputs, opset));
  checkAttributes(node, spec, opset);
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
      throw invalid(node, `attributes that ${node.op} takes at opset ${opset}`, name, 'leave it out');
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

const isLength = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

const checkTensor = (where: string, { dtype, shape, data }: OnnxTensor): void => {
  if (!shape.every(isLength)) throw refuse(where, 'whole, positive lengths', written(shape), 'mend its shape');
  if (!(data instanceof ELEMENT[dtype].array))
    throw refuse(where, `${ELEMENT[dtype].array.name} for ${dtype}`, data.constructor.name, 'mend its type');
  if (data.length !== sizeOf(shape))
    throw refuse(where, `${sizeOf(shape)} elements for ${written(shape)}`, String(data.length), 'mend its shape');
};

/** Outputs are what the graph says of them: the same type, and no length that is known to be another. */
const checkOutputs = (graph: OnnxGraph, types: Types): void => {
  for (const { name, dtype, shape } of graph.outputs) {
    const type = types.get(name);
    if (
      !type ||
      type.dtype !== dtype ||
      type.shape.length !== shape.length ||
      !shape.every((dim, i) => mayEqual(dim, type.shape[i] ?? '?'))
    )
      throw refuse(
        graph.name,
        `its output ${name} to be ${dtype}${written(shape)}`,
        type ? `${type.dtype}${written(type.shape)}` : 'nothing',
        'declare it so, or mend what gives it',
      );
  }
  for (const node of graph.nodes) for (const held of subgraphs(node)) checkOutputs(held, types);
};
