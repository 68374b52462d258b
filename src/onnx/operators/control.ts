import { same } from '../../shape/same.ts';
import { show } from '../../shape/show.ts';
import { graph, invalid } from '../attributes.ts';
import { common, mayEqual } from '../dims.ts';
import type { OnnxGraph, OnnxNode, ValueType } from '../graph.ts';
import { knownNumbers, type Context, type Rule } from '../infer/rule.ts';
import { bodyInputs, Stack } from '../reference/bodies.ts';
import { input, type Call, type Kernel, type ReferenceTensor } from '../reference/numbers.ts';
import type { Definition } from './definition.ts';
import { required } from './spec.ts';

const ITERATION: ValueType = { dtype: 'int64', shape: [] };

const CONDITION: ValueType = { dtype: 'bool', shape: [] };

/** Returns the common type of two values; throws if a value cannot alternate between them. */
const merge = (node: OnnxNode, what: string, a: ValueType, b: ValueType): ValueType => {
  if (a.dtype !== b.dtype || a.shape.length !== b.shape.length)
    throw invalid(node, `${what} to stay ${a.dtype}${show(a.shape)}`, `${b.dtype}${show(b.shape)}`);
  return { dtype: a.dtype, shape: a.shape.map((dim, i) => common(dim, b.shape[i] ?? '?')) };
};

/** Requires an input to be omitted or to have one element, as a scalar or a vector. */
const requireSingle = ({ node, inputs }: Context, input: number, what: string): void => {
  const shape = inputs[input]?.shape;
  if (shape && (shape.length > 1 || !mayEqual(shape[0] ?? 1, 1)))
    throw invalid(node, `one ${what}`, `the shape ${show(shape)}`);
};

const counted = (node: OnnxNode, body: OnnxGraph, inputs: number, outputs: number): void => {
  if (body.inputs.length !== inputs)
    throw invalid(node, `${body.name} to take ${inputs} values`, `${body.inputs.length}`);
  if (body.outputs.length !== outputs)
    throw invalid(node, `${body.name} to give ${outputs} values`, `${body.outputs.length}`);
};

const loopShape: Rule = (context) => {
  const { node } = context;
  const body = graph(node, 'body');
  const initial = context.inputs.slice(2).map((input) => {
    if (!input) throw invalid(node, 'a value for every part of the state', 'one that is left out');
    return input;
  });
  requireSingle(context, 0, 'number of iterations');
  requireSingle(context, 1, 'condition');
  counted(node, body, 2 + initial.length, 1 + node.outputs.length);
  const infer = (state: readonly ValueType[]): readonly ValueType[] =>
    context.inferGraph(body, [ITERATION, CONDITION, ...state]);
  const merged = (state: readonly ValueType[], next: readonly ValueType[]): readonly ValueType[] =>
    state.map((before, i) => merge(node, `state ${i}`, before, next[i + 1] ?? before));
  // A length that the body changes is unknown; marking it as unknown may make further lengths unknown.
  let state: readonly ValueType[] = initial;
  let results = infer(state);
  for (let next = merged(state, results); !sameTypes(state, next); next = merged(state, results)) {
    state = next;
    results = infer(state);
  }
  const [condition] = results;
  if (condition?.dtype !== 'bool')
    throw invalid(node, `${body.name} to give a bool first`, condition?.dtype ?? 'nothing');
  if (condition.shape.length > 1 || !mayEqual(condition.shape[0] ?? 1, 1))
    throw invalid(node, `${body.name} to give one condition`, `the shape ${show(condition.shape)}`);
  const iterations = context.inputs[1] ? '?' : (knownNumbers(context, 0)?.[0] ?? '?');
  const scans = results.slice(1 + state.length).map(({ dtype, shape }) => ({
    dtype,
    // The body may end the loop early, unless it passes its condition through.
    shape: [passesThrough(body) ? iterations : '?', ...shape],
  }));
  return [...state, ...scans];
};

/** Whether a body returns its condition unchanged. */
const passesThrough = (body: OnnxGraph): boolean => {
  const given = body.inputs[1]?.name;
  const wanted = body.outputs[0]?.name;
  return body.nodes.some(
    ({ op, inputs, outputs }) => op === 'Identity' && inputs[0] === given && outputs[0] === wanted,
  );
};

const sameTypes = (a: readonly ValueType[], b: readonly ValueType[]): boolean =>
  a.every((type, i) => same(type.shape, b[i]?.shape ?? []));

const branchShape: Rule = (context) => {
  const { node } = context;
  const [then, otherwise] = [graph(node, 'then_branch'), graph(node, 'else_branch')];
  requireSingle(context, 0, 'condition');
  counted(node, then, 0, node.outputs.length);
  counted(node, otherwise, 0, node.outputs.length);
  const other = context.inferGraph(otherwise, []);
  return context.inferGraph(then, []).map((type, i) => merge(node, `output ${i}`, type, other[i] ?? type));
};

const scalar = (dtype: 'int64' | 'bool', value: number): ReferenceTensor => ({
  dtype,
  shape: [],
  data: Float64Array.of(value),
});

/** Returns the single element of a value that must have exactly one. */
const single = ({ node }: Call, value: ReferenceTensor, what: string): number => {
  const [first] = value.data;
  if (first === undefined || value.data.length > 1 || value.shape.length > 1)
    throw invalid(node, `one ${what}`, `the shape ${show(value.shape)}`);
  return first;
};

const loop: Kernel = (call) => {
  const body = graph(call.node, 'body');
  const [iterations, condition, ...initial] = call.inputs;
  const most = iterations ? single(call, iterations, 'number of iterations') : Infinity;
  let going = condition ? single(call, condition, 'condition') : 1;
  let state: readonly ReferenceTensor[] = initial.map((_, i) => input(call, i + 2));
  const scans = body.outputs.slice(1 + state.length).map(() => new Stack(call));
  for (let i = 0; i < most && going !== 0; i++) {
    // Each iteration takes time, even for a body without nodes.
    call.budget.spend(call.node, 0);
    const results = call.run(body, bodyInputs(call, body, [scalar('int64', i), scalar('bool', going), ...state]));
    const [next, ...rest] = results;
    going = next ? single(call, next, 'condition') : 0;
    state = rest.slice(0, initial.length);
    rest.slice(initial.length).forEach((result, k) => scans[k]?.add(result));
  }
  return [...state, ...scans.map((scan, k) => scan.stacked(body.outputs[1 + initial.length + k]))];
};

const branch: Kernel = (call) =>
  call.run(graph(call.node, single(call, input(call, 0), 'condition') ? 'then_branch' : 'else_branch'), []);

/** Operators that contain graphs, and run one of them or one repeatedly. */
export const CONTROL = {
  Loop: {
    inputs: { M: 'int64?', cond: 'bool?', v_initial: '...*' },
    outputs: { v_final_and_scan_outputs: '...*' },
    types: {},
    attributes: { body: required('graph') },
    webgpu: 0,
    infer: loopShape,
    evaluate: loop,
  },
  If: {
    inputs: { cond: 'bool' },
    outputs: { outputs: '...*' },
    types: {},
    attributes: { then_branch: required('graph'), else_branch: required('graph') },
    webgpu: 26,
    infer: branchShape,
    evaluate: branch,
  },
} satisfies Record<string, Definition>;
