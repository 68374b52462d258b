import { describe, expect, it } from 'vitest';
import { ELEMENT, type DType } from '../../src/onnx/dtype.ts';
import type { OnnxGraph, OnnxNode } from '../../src/onnx/graph.ts';
import { check } from '../../src/onnx/check.ts';
import { infer } from '../../src/onnx/infer.ts';
import { parametersOf, specOf } from '../../src/onnx/schema.ts';
import { numbersOf, tensorOf } from '../../src/onnx/tensor.ts';
import { graphOf } from './cases/case.ts';
import { CASES } from './cases/index.ts';
import { load, modelOf } from './ort.ts';

/** A graph in which everything that a node takes for its type variable, and what it gives, is of this type. */
const retyped = (graph: OnnxGraph, node: OnnxNode, variable: string, dtype: DType, opset: number): OnnxGraph => {
  const parameters = parametersOf(specOf(node.op)?.inputs ?? {}, opset);
  const names = new Set(
    node.inputs.filter((_, i) => parameters[Math.min(i, parameters.length - 1)]?.type === variable),
  );
  const attributes: Record<string, OnnxNode['attributes']> = {
    Cast: { to: ELEMENT[dtype].code },
    Constant: { value: tensorOf(dtype, [2], [1, 0]) },
    ConstantOfShape: { value: tensorOf(dtype, [1], [1]) },
  };
  const changed = {
    ...graph,
    inputs: graph.inputs.map((info) => (names.has(info.name) ? { ...info, dtype } : info)),
    initializers: new Map(
      [...graph.initializers].map(([name, tensor]) => [
        name,
        names.has(name) ? tensorOf(dtype, tensor.shape, numbersOf(tensor)) : tensor,
      ]),
    ),
    nodes: graph.nodes.map((one) =>
      one === node && (names.size === 0 || variable === 'T2') ? { ...one, attributes: attributes[one.op] ?? {} } : one,
    ),
  };
  const types = infer(changed, opset);
  return { ...changed, outputs: graph.outputs.map((info) => ({ ...info, ...types.get(info.name) })) };
};

describe('onnxruntime has a kernel for every type in the table', () => {
  it.each(Object.entries(CASES))('%s', async (op, cases) => {
    const [one] = cases;
    if (!one) throw new Error('an operator without a case');
    for (const opset of one.opset ? [one.opset] : [13, 18, 26])
      for (const [variable, dtypes] of Object.entries(specOf(op)?.types ?? {}))
        for (const dtype of dtypes) {
          if (opset < (specOf(op)?.since ?? 0)) continue;
          const graph = graphOf({ ...one, opset });
          const node = graph.nodes.find((candidate) => candidate.op === op);
          if (!node) throw new Error('a case without its operator');
          const model = modelOf(retyped(graph, node, variable, dtype, opset), opset);
          check(model);
          await expect(
            load(model).then((session) => session.release()),
            `${variable} of ${dtype} at opset ${opset}`,
          ).resolves.toBeUndefined();
        }
  });
});
