import { InvalidModel, ShapeMismatch } from '../errors.ts';
import type { Body, Node } from '../graph/node.ts';
import { same, show } from '../shape/shape.ts';
import type { Tensors } from './network.ts';
import type { Target } from './target.ts';
import { isTensor, type Tensor } from './tensor.ts';
import type { Variables } from './variables.ts';

const RESERVED = new Set(['y', 'z', 'mean', 'logVar', 'noise', 'mask', 'beta', 'learningRate']);

/** @throws InvalidModel for a condition of a name that the model itself uses: the sentence the compiler also shows. */
export function refuseNames(conditions: Variables): void {
  for (const name of Object.keys(conditions))
    if (RESERVED.has(name))
      throw new InvalidModel(`condition: expected a name of its own, got the reserved ${name}; rename it`);
}

/** @throws InvalidModel for names that no ONNX file can have, and shapes that hold nothing. */
export function checkConditions(conditions: Variables): void {
  for (const [name, { shape }] of Object.entries(conditions)) {
    if (!/^[A-Za-z]\w*$/.test(name))
      throw new InvalidModel(
        `condition: expected a name of letters, digits and _, got ${JSON.stringify(name)}; rename it`,
      );
    if (shape.some((n) => !Number.isInteger(n) || n < 1))
      throw new InvalidModel(`${name}: expected positive whole dimensions, got ${show(shape)}; mend its shape`);
  }
}

/** What a decoder, a baseline or a predictor returns, under the names of the target's parameters. */
export function checkOutputs(name: string, returned: unknown, target: Target): Tensors {
  const expected = Object.entries(target.parameters);
  const only = expected.length === 1 ? expected[0]?.[0] : undefined;
  const outputs = isTensor(returned) && only !== undefined ? { [only]: returned } : returned;
  const tensors: Record<string, Tensor> = {};
  for (const [key, shape] of expected) {
    const x = (outputs as Tensors | undefined)?.[key];
    if (!isTensor(x))
      throw new InvalidModel(
        `${name}: expected ${expected.map(([k]) => k).join(' and ')} of the ${target.distribution} target, got no ${key}; return a tensor for each`,
      );
    if (!same(x.shape, shape))
      throw new ShapeMismatch(
        `${name}: expected ${show(shape)}, as the target, got ${show(x.shape)}; make its last layer give the target's shape`,
      );
    const sentence = target.refuse(lastOp(x.node));
    if (sentence) throw new InvalidModel(`${name}: ${sentence}`);
    tensors[key] = x;
  }
  const values = Object.values(tensors);
  if (new Set(values.map((x) => x.node)).size < values.length)
    throw new InvalidModel(`${name}: expected a head for each parameter, got one for several; use gaussian(…)`);
  return tensors;
}

/** The name of the op that gives a value, in whatever network it stands; reshaping aside. */
function lastOp(node: Node): string {
  if (node.kind === 'call') {
    const inner = node.body.outputs[node.output];
    return inner ? lastOp(inner) : '';
  }
  if (node.kind === 'modal') return lastOp(node.infer);
  if (node.kind !== 'apply') return '';
  return node.op.name === 'reshape' ? lastOp(node.inputs[0]) : node.op.name;
}

/** @throws InvalidModel for a condition that has no effect, since it is in no network's expression. */
export function checkUsed(conditions: Variables, networks: readonly Body[]): void {
  const used = new Set<string>();
  const seen = new Set<Node>();
  const stack = networks.flatMap((body) => Object.values(body.outputs));
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    if (node.kind === 'input') used.add(node.name);
    else if (node.kind === 'apply') stack.push(...node.inputs);
    else if (node.kind === 'call') stack.push(...Object.values(node.args));
    else if (node.kind === 'modal') stack.push(node.train, node.infer);
    else if (node.kind === 'noise') stack.push(node.like);
  }
  for (const name of Object.keys(conditions))
    if (!used.has(name))
      throw new InvalidModel(
        `condition: expected every condition to be used, got ${name}, which no network reads; use it or leave it out`,
      );
}
