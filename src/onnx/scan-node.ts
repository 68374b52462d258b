import { show } from '../shape/show.ts';
import { graph, invalid, number, numbers } from './attributes.ts';
import type { OnnxGraph, OnnxNode } from './graph.ts';

/** How a Scan reads or writes one of its values: a slice of an axis in each step, from its start or from its end. */
export interface Scanned {
  /** The axis, from the end if negative. */
  readonly axis: number;
  readonly backwards: boolean;
}

/** A Scan's parts: the body takes the state and slices of the inputs, and gives the state and slices of the outputs. */
export interface ScanNode {
  readonly body: OnnxGraph;
  /** The number of values that pass from step to step; they are the first inputs and outputs of node and body. */
  readonly states: number;
  readonly inputs: readonly Scanned[];
  readonly outputs: readonly Scanned[];
}

/** Reads a Scan. @throws InvalidGraph if its attributes, its body and what it lists do not fit each other. */
export const scanOf = (node: OnnxNode): ScanNode => {
  const body = graph(node, 'body');
  const scanned = number(node, 'num_scan_inputs');
  const states = node.inputs.length - scanned;
  if (scanned < 1 || states < 0)
    throw invalid(node, `num_scan_inputs from 1 to its ${node.inputs.length} inputs`, String(scanned));
  if (body.inputs.length !== node.inputs.length)
    throw invalid(node, `${body.name} to take ${node.inputs.length} values`, String(body.inputs.length));
  if (body.outputs.length !== node.outputs.length || body.outputs.length < states)
    throw invalid(node, `${body.name} to give ${node.outputs.length} values`, String(body.outputs.length));
  const listed = (name: string, count: number): readonly number[] => {
    const list = numbers(node, name) ?? Array.from({ length: count }, () => 0);
    if (list.length !== count) throw invalid(node, `${count} numbers as ${name}`, show(list));
    return list;
  };
  const read = (what: 'input' | 'output', count: number): readonly Scanned[] => {
    const directions = listed(`scan_${what}_directions`, count);
    if (directions.some((one) => one !== 0 && one !== 1))
      throw invalid(node, `scan_${what}_directions of 0 and 1`, show(directions));
    return listed(`scan_${what}_axes`, count).map((axis, i) => ({ axis, backwards: directions[i] === 1 }));
  };
  return { body, states, inputs: read('input', scanned), outputs: read('output', node.outputs.length - states) };
};
