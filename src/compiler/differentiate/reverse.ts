import { invalid } from '../../onnx/attributes.ts';
import type { OnnxBuilder, Value } from '../../onnx/builder.ts';
import { isFloat } from '../../onnx/dtype.ts';
import { subgraphs, type OnnxNode } from '../../onnx/graph.ts';
import { isOperator } from '../../onnx/schema.ts';
import { captured } from './moving.ts';
import { GRADIENTS } from './rules.ts';
import type { Known, Reverse, RuleContext, Values } from './rule.ts';

/** Reverse mode: each node, from the last to the first, adds to the gradients of its inputs. */
export const reverse: Reverse = (onnx, nodes, values, given) => {
  // The terms of each value's gradient so far.
  const parts = new Map<string, Value[]>();
  const add = (name: string, term: Value): void => void parts.set(name, [...(parts.get(name) ?? []), term]);
  const total = (name: string): Value | undefined => {
    const [first, ...rest] = parts.get(name) ?? [];
    const sum = first && rest.reduce((a, b) => onnx.Add(a, b), first);
    if (sum) parts.set(name, [sum]);
    return sum;
  };
  for (const [name, gradient] of given) add(name, gradient);

  for (const node of nodes.toReversed()) {
    if (!node.outputs.some((name) => parts.has(name))) continue;
    const around = captured(node, { has: values.moves });
    const wanted = [...node.inputs.map(values.moves), ...around.map(() => true)];
    if (!wanted.some(Boolean)) continue;
    onnx.scope(`gradient/${node.name}`, () => {
      const names = [...node.inputs, ...around];
      const site = siteOf(onnx, node, node.outputs.map(total), { wanted, captured: around, values });
      rulesOf(node)(site).forEach((make, i) => {
        const name = names[i];
        if (make && name !== undefined && wanted[i]) add(name, make());
      });
    });
  }
  return total;
};

const siteOf = (
  onnx: OnnxBuilder,
  node: OnnxNode,
  gradients: readonly (Value | undefined)[],
  rest: Pick<RuleContext, 'wanted' | 'captured'> & { readonly values: Values },
): RuleContext => {
  const { values } = rest;
  const at = (names: readonly string[], what: string, index: number): Known => {
    const name = names[index];
    if (!name) throw invalid(node, `an ${what} ${index}`, 'none');
    const known = values.known(name);
    // Rules are written for float32, and so are gradients, also of values that the graph computes in another type.
    if (!isFloat(known.dtype) || known.dtype === 'float32') return known;
    if (subgraphs(node).length > 0)
      throw invalid(node, `an ${what} ${index} of float32, to train what is before it`, known.dtype, 'cast it');
    return { ...known, dtype: 'float32', value: onnx.Cast(known.value, 'float32') };
  };
  return {
    ...rest,
    node,
    onnx,
    get gradient() {
      const [first] = gradients;
      if (!first) throw invalid(node, 'a gradient of its first output', 'one of another only', 'use its first output');
      return first;
    },
    gradients,
    reverse,
    inputs: node.inputs.length,
    input: (index) => at(node.inputs, 'input', index),
    output: (index) => at(node.outputs, 'output', index),
    numbers: (index) => {
      const name = node.inputs[index];
      if (!name) return undefined;
      const elements = values.numbers(name);
      if (!elements) throw invalid(node, `a constant as its input ${index}`, 'a value that is computed');
      return elements;
    },
  };
};

/** Returns the rule of a node's operator. */
const rulesOf = (node: OnnxNode) => {
  const rule = isOperator(node.op) ? GRADIENTS[node.op] : { opaque: 'is not in the table' };
  if (typeof rule === 'function') return rule;
  throw invalid(
    node,
    'an operator that a gradient can be taken of',
    `${node.op}, which ${rule.opaque}`,
    'put stopGradient before it, or write it with other layers',
  );
};
