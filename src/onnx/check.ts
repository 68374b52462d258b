import { show } from '../shape/show.ts';
import { mayEqual } from './dims.ts';
import { checkForm, refuse } from './form.ts';
import { expectGraph, expectModel } from './given.ts';
import { subgraphs, type Dim, type OnnxGraph, type OnnxModel } from './graph.ts';
import { infer, type Types } from './infer.ts';
import { IR_MAX, OPSET_MAX, OPSET_MIN, irVersionOf } from './schema.ts';

/**
 * Checks a model, and returns the types of its values.
 *
 * @throws InvalidGraph for a model that onnxruntime or ONNX's own checker would reject, or that the reference cannot
 * evaluate.
 */
export const check = (model: OnnxModel): Types => {
  expectModel('check', model, 'graph');
  const { graph, opset, irVersion } = model;
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

/** Checks a graph as `check` does a model, and returns the types of its values. @throws InvalidGraph */
export const checkGraph = (graph: OnnxGraph, opset: number): Types => {
  expectGraph('checkGraph', graph);
  const types = checkTypes(graph, opset);
  checkNames(graph);
  checkOutputs(graph, types, mayEqual);
  return types;
};

/**
 * Checks a graph for inputs of these shapes. Symbols in the shapes of its outputs match any length, since they are
 * unrelated to the known inputs.
 *
 * @throws InvalidGraph for a graph that onnxruntime would reject for these inputs.
 */
export const checkFor = (graph: OnnxGraph, shapes: readonly (readonly number[])[], opset: number): void => {
  const inputs = graph.inputs.map((info, i) => ({ ...info, shape: shapes[i] ?? info.shape }));
  const types = checkTypes({ ...graph, inputs }, opset);
  checkOutputs(graph, types, (declared, dim) => typeof declared === 'string' || mayEqual(declared, dim));
};

const checkTypes = (graph: OnnxGraph, opset: number): Types => {
  if (!Number.isInteger(opset) || opset < OPSET_MIN || opset > OPSET_MAX)
    throw refuse(graph.name, `an opset from ${OPSET_MIN} to ${OPSET_MAX}`, String(opset), 'choose one of them');
  checkForm(graph, opset);
  // Not `inferOnce`: a caller may have changed the graph that was checked before.
  return infer(graph, opset);
};

/**
 * Rejects what onnxruntime accepts and others do not: graphs and nodes without a name, and outputs that no node
 * computes.
 */
const checkNames = (graph: OnnxGraph): void => {
  if (graph.name === '') throw refuse('a graph', 'a name', 'none', 'name it');
  const made = new Set<string>();
  for (const node of graph.nodes) {
    if (node.name === '') throw refuse(`a ${node.op} of ${graph.name}`, 'a name', 'none', 'name it');
    for (const held of subgraphs(node)) checkNames(held);
    for (const output of node.outputs) made.add(output);
  }
  const given = new Set<string>();
  for (const { name } of graph.outputs) {
    if (!made.has(name))
      throw refuse(
        graph.name,
        `its output ${name} to be the output of a node`,
        'a value that is there without one',
        'put an Identity between',
      );
    if (given.has(name))
      throw refuse(graph.name, 'outputs of different names', `${name} twice`, 'put an Identity between');
    given.add(name);
  }
};

/** Checks that outputs match their declarations: the same type, and no length that is known to differ. */
const checkOutputs = (graph: OnnxGraph, types: Types, fits: (declared: Dim, dim: Dim) => boolean): void => {
  for (const { name, dtype, shape } of graph.outputs) {
    const type = types.get(name);
    if (
      !type ||
      type.dtype !== dtype ||
      type.shape.length !== shape.length ||
      !shape.every((dim, i) => fits(dim, type.shape[i] ?? '?'))
    )
      throw refuse(
        graph.name,
        `its output ${name} to be ${dtype}${show(shape)}`,
        type ? `${type.dtype}${show(type.shape)}` : 'nothing',
        'declare it so, or correct the node that produces it',
      );
  }
  for (const node of graph.nodes) for (const held of subgraphs(node)) checkOutputs(held, types, fits);
};
