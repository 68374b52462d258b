import { expect, it } from 'vitest';
import { differentiate } from '../../src/compiler/differentiate.ts';
import { optimise } from '../../src/compiler/optimise.ts';
import { OnnxBuilder } from '../../src/onnx/builder.ts';
import { subgraphs, type OnnxGraph, type OnnxNode } from '../../src/onnx/graph.ts';
import { OPSET } from '../../src/onnx/schema.ts';
import { scanOf } from '../../src/onnx/scan-node.ts';

/** The gradient of a GRU or an LSTM of T steps by its weights and its inputs. */
const gradientOf = (op: 'GRU' | 'LSTM', steps: number): OnnxGraph => {
  const gates = op === 'GRU' ? 3 : 4;
  const onnx = new OnnxBuilder('layer');
  const [x, w, r, b] = [
    onnx.input('x', 'float32', [steps, 'N', 2]),
    onnx.input('w', 'float32', [1, gates * 5, 2]),
    onnx.input('r', 'float32', [1, gates * 5, 5]),
    onnx.input('b', 'float32', [1, gates * 10]),
  ];
  const attributes = { hidden_size: 5 };
  const [all] =
    op === 'GRU'
      ? onnx.GRU({ x, w, r, b }, { ...attributes, linear_before_reset: 1 })
      : onnx.LSTM({ x, w, r, b }, attributes);
  onnx.output('loss', onnx.ReduceSum(all ?? x, undefined, { keepdims: 0 }), 'float32', []);
  return differentiate(onnx.graph(), { of: 'loss', by: ['x', 'w', 'r', 'b'] });
};

const count = ({ nodes }: OnnxGraph): number =>
  nodes.reduce((sum, node) => subgraphs(node).reduce((all, held) => all + count(held), sum + 1), 0);

const scansOf = ({ nodes }: OnnxGraph): readonly OnnxNode[] => nodes.filter(({ op }) => op === 'Scan');

it.each(['GRU', 'LSTM'] as const)('%s: two Scans, of as many nodes for any number of steps', (op) => {
  const graph = gradientOf(op, 120);
  expect(count(graph)).toBe(count(gradientOf(op, 3)));
  expect(scansOf(graph)).toHaveLength(2);
  // Within a step, there is no product but those that the state takes part in.
  for (const scan of scansOf(optimise(graph, OPSET))) {
    const { body, states } = scanOf(scan);
    expect(body.nodes.filter(({ op: name }) => name === 'Gemm')).toHaveLength(1);
    // Gradients of weights are not part of the state.
    expect(states).toBe(op === 'GRU' ? 1 : 2);
  }
});
