import { same } from '../../shape/same.ts';
import { show } from '../../shape/show.ts';
import { axisOf, graph, invalid } from '../attributes.ts';
import { common, mayEqual } from '../dims.ts';
import type { Dim, OnnxGraph, OnnxNode, ValueType } from '../graph.ts';
import { scanOf } from '../scan-node.ts';
import type { CONTROL } from '../schema/control.ts';
import { knownNumbers, type Context, type Rule } from './rule.ts';

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

const loop: Rule = (context) => {
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

const scan: Rule = (context) => {
  const { node, inputs } = context;
  const { body, states, inputs: scanned, outputs } = scanOf(node);
  const initial = inputs.slice(0, states).map((input) => {
    if (!input) throw invalid(node, 'a value for every part of the state', 'one that is left out');
    return input;
  });
  let steps: Dim = '?';
  const slices = scanned.map(({ axis }, i): ValueType => {
    const input = inputs[states + i];
    if (!input) throw invalid(node, `an input ${states + i}`, 'none');
    const at = axisOf(node, axis, input.shape.length);
    const length = input.shape[at] ?? '?';
    if (!mayEqual(steps, length)) throw invalid(node, `${steps} steps, as in the inputs before`, String(length));
    if (steps === '?' || typeof length === 'number') steps = length;
    return { dtype: input.dtype, shape: input.shape.filter((_, k) => k !== at) };
  });
  const results = context.inferGraph(body, [...initial, ...slices]);
  const state = initial.map((before, i) => {
    const after = results[i] ?? before;
    const kept = before.dtype === after.dtype && before.shape.length === after.shape.length;
    if (!kept || !before.shape.every((dim, k) => mayEqual(dim, after.shape[k] ?? '?')))
      throw invalid(
        node,
        `state ${i} to stay ${before.dtype}${show(before.shape)}`,
        `${after.dtype}${show(after.shape)}`,
      );
    return before;
  });
  const stacked = results.slice(states).map(({ dtype, shape }, i) => {
    const at = axisOf(node, outputs[i]?.axis ?? 0, shape.length + 1);
    return { dtype, shape: [...shape.slice(0, at), steps, ...shape.slice(at)] };
  });
  return [...state, ...stacked];
};

const sameTypes = (a: readonly ValueType[], b: readonly ValueType[]): boolean =>
  a.every((type, i) => same(type.shape, b[i]?.shape ?? []));

const branch: Rule = (context) => {
  const { node } = context;
  const [then, otherwise] = [graph(node, 'then_branch'), graph(node, 'else_branch')];
  requireSingle(context, 0, 'condition');
  counted(node, then, 0, node.outputs.length);
  counted(node, otherwise, 0, node.outputs.length);
  const other = context.inferGraph(otherwise, []);
  return context.inferGraph(then, []).map((type, i) => merge(node, `output ${i}`, type, other[i] ?? type));
};

/** Type rules of loops, scans and branches. */
export const INFER_CONTROL: Readonly<Record<keyof typeof CONTROL, Rule>> = {
  Loop: loop,
  Scan: scan,
  If: branch,
};
