import { distributionOf } from '../distributions/data/table.ts';
import { InvalidModel, ShapeMismatch } from '../errors.ts';
import { unliftedName } from '../graph/lift.ts';
import type { Body, CallNode, Node } from '../graph/node.ts';
import { same } from '../shape/same.ts';
import type { Shape } from '../shape/shape.ts';
import { show } from '../shape/show.ts';
import { isPlain, meant, rule } from '../values/rules.ts';
import type { Gaussian } from './gaussian.ts';
import { check, checkCall } from './check-arguments.ts';
import { checkVariable, type Tensors } from './network.ts';
import type { Target } from './target.ts';
import { describe, isTensor, type Tensor } from './tensor.ts';
import type { Variables } from './variables.ts';

/** Names reserved for a model's own inputs and outputs. */
const RESERVED = new Set(['y', 'z', 'mean', 'logVar', 'noise', 'mask', 'beta', 'learningRate']);

/**
 * Checks that `args` is a single definition with known members.
 *
 * @throws InvalidModel if it is not, with the same sentence as the compiler's error.
 */
export function checkMembers(kind: string, args: readonly unknown[], members: readonly string[]): void {
  const form = rule(
    'a definition',
    isPlain,
    `write ${kind}({ ${members.filter((name) => REQUIRED.has(name)).join(', ')} }), and nothing after it`,
  );
  checkCall(kind, { args: [form] }, args);
  for (const name of Object.keys(Object(args[0])))
    if (!members.includes(name))
      throw new InvalidModel(`${kind}: expected a member of a definition, got ${name}; rename it or leave it out`);
}

const REQUIRED = new Set(['condition', 'target', 'latent', 'decoder', 'network']);

/**
 * Checks the conditions. @throws InvalidModel for reserved names, names that an ONNX file cannot have, and empty
 * variables.
 */
export function checkConditions(conditions: unknown): void {
  check('condition', rule('the conditions by name', isPlain, 'give {} where there are none'), conditions);
  for (const [name, variable] of Object.entries(Object(conditions))) {
    if (RESERVED.has(name))
      throw new InvalidModel(`condition: expected a name of its own, got the reserved ${name}; rename it`);
    const fault = nameFault(name);
    if (fault !== undefined)
      throw new InvalidModel(`condition: expected a name of letters, digits and _, got ${fault}; rename it`);
    checkVariable(name, variable);
  }
}

/** Returns what is wrong with a variable's name, as a part of a sentence; undefined if nothing is. */
export const nameFault = (name: string): string | undefined => {
  if (RESERVED.has(name)) return `the reserved ${name}`;
  return /^[A-Za-z]\w*$/.test(name) ? undefined : JSON.stringify(name);
};

/**
 * Checks the target. @throws InvalidModel if it is not a distribution, is empty, or names a mask that is not a
 * condition.
 */
export function checkTarget(target: unknown, conditions: Variables, where = 'target'): asserts target is Target {
  if (!isTarget(target))
    throw new InvalidModel(
      `${where}: expected a distribution such as bernoulli(784), got ${describe(target)}; say how it is distributed`,
    );
  checkVariable(where, target);
  const { mask } = target;
  if (typeof mask === 'string' && !Object.hasOwn(conditions, mask))
    throw new InvalidModel(
      `${where}: expected a condition as mask, from which pictures show what is given, got ${mask}; ${meant(mask, Object.keys(conditions))}`,
    );
  const shared = target.per !== undefined && target.per !== 'element';
  // Elements that share a component are drawn together.
  if (shared && !('joint' in distributionOf(target).draws))
    throw new InvalidModel(
      `${where}: expected per of a mixture's components, got that of ${target.distribution}, whose elements share nothing; leave it out, or write mixture(${target.distribution}(…), 5)`,
    );
  const output = Object.keys(target.outputs ?? {}).find((name) => Object.hasOwn(conditions, name));
  if (output !== undefined)
    throw new InvalidModel(
      `condition: expected a name that no output of the ${target.distribution} target has, got ${output}; rename the condition`,
    );
  const noise = target.draws?.noises.find((kind) => Object.hasOwn(conditions, kind));
  if (noise !== undefined)
    throw new InvalidModel(
      `condition: expected a name that no noise of ${target.named ?? 'the target'} has, got ${noise}; rename the condition`,
    );
}

const isTarget = (value: unknown): value is Target =>
  isObject(value) &&
  typeof value['distribution'] === 'string' &&
  isObject(value['parameters']) &&
  typeof value['mean'] === 'function' &&
  typeof value['nll'] === 'function';

/**
 * Returns the output of a decoder, a baseline or a predictor under the names of the target's parameters, after checking
 * it.
 */
export function checkOutputs(name: string, returned: unknown, target: Target): Tensors {
  const expected = Object.entries(target.parameters);
  const only = expected.length === 1 ? expected[0]?.[0] : undefined;
  const outputs: unknown = isTensor(returned) && only !== undefined ? { [only]: returned } : returned;
  const tensors: Record<string, Tensor> = {};
  checkExtra(name, outputs, Object.keys(target.parameters));
  for (const [key, shape] of expected) {
    const x = isObject(outputs) && Object.hasOwn(outputs, key) ? outputs[key] : undefined;
    if (!isTensor(x))
      throw new InvalidModel(
        `${name}: expected ${expected.map(([k]) => k).join(' and ')} of the ${target.named ?? target.distribution} target, got ${describe(returned)}; return a tensor for each`,
      );
    if (!same(x.shape, shape))
      throw new ShapeMismatch(
        `${placeOf(name, x)}: expected ${show(shape)}, as the target, got ${show(x.shape)}; make the last layer give the target's shape`,
      );
    const sentence = target.refuse(lastOp(x.node));
    if (sentence) throw new InvalidModel(`${placeOf(name, x)}: ${sentence}`);
    tensors[key] = x;
  }
  const values = Object.values(tensors);
  const shared = values.find((x, i) => values.slice(i + 1).some((other) => sameValue(x.node, other.node)));
  if (shared)
    throw new InvalidModel(
      `${placeOf(name, shared)}: expected a separate layer for each parameter, got one for several; apply a separate layer for each`,
    );
  return tensors;
}

/**
 * Returns the output of a prior or a recognition network, mean and log-variance, after checking that each has the
 * latent's length.
 */
export function checkGaussian(name: string, returned: unknown, latent: number): Tensors {
  const { mean, logVar }: Partial<Gaussian> = isObject(returned) ? returned : {};
  if (!isTensor(mean) || !isTensor(logVar))
    throw new InvalidModel(
      `${name}: expected mean and logVar, got ${describe(returned)}; end it in gaussian(${latent})`,
    );
  checkExtra(name, returned, ['mean', 'logVar']);
  for (const x of [mean, logVar])
    if (!same(x.shape, [latent]))
      throw new ShapeMismatch(
        `${placeOf(name, x)}: expected [${latent}], as the latent, got ${show(x.shape)}; end it in gaussian(${latent})`,
      );
  if (sameValue(mean.node, logVar.node))
    throw new InvalidModel(
      `${placeOf(name, mean)}: expected a head each for mean and logVar, got one for both; use gaussian(${latent})`,
    );
  return { mean, logVar };
}

/** Checks for outputs that nothing uses and that would be lost. @throws InvalidModel */
const checkExtra = (name: string, returned: unknown, taken: readonly string[]): void => {
  const extra = isPlain(returned) && Object.keys(returned).find((key) => !taken.includes(key));
  // If a required output is missing too, that is the error to report.
  if (typeof extra === 'string' && isPlain(returned) && taken.every((key) => Object.hasOwn(returned, key)))
    throw new InvalidModel(
      `${name}: expected ${taken.join(' and ')} alone, got also ${extra}, which nothing takes; leave it out`,
    );
};

/** Checks that the conditions a baseline takes are those of the model. */
export function checkBaseline({ name, inputs }: Body, conditions: Readonly<Record<string, Shape>>): void {
  for (const [key, { shape }] of Object.entries(inputs)) {
    const condition = Object.hasOwn(conditions, key) ? conditions[key] : undefined;
    if (!condition)
      throw new InvalidModel(
        `${name}: expected conditions as inputs, got ${key}; the conditions are ${Object.keys(conditions).join(', ')}`,
      );
    if (!same(condition, shape))
      throw new ShapeMismatch(
        `${name}: expected ${key} of shape ${show(condition)}, as the condition, got ${show(shape)}; use the same variable for both`,
      );
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** Returns the name of the layer that computes a network's output: `decoder/dense_2`. */
const placeOf = (name: string, { node }: Tensor): string =>
  node.kind === 'apply' ? `${name}/${node.layer.label}` : name;

/** Returns the name of the op that computes a value, even inside another network, ignoring reshapes. */
function lastOp(node: Node): string {
  if (node.kind === 'call') {
    const inner = node.body.outputs[node.output];
    return inner ? lastOp(inner) : '';
  }
  if (node.kind === 'modal') return lastOp(node.infer);
  if (node.kind !== 'apply') return '';
  const name = unliftedName(node.op.name);
  return name === 'reshape' ? lastOp(node.inputs[0]) : name;
}

/**
 * Whether two values are the same: the same node, or the same output of one network called twice with the same
 * arguments.
 */
const sameValue = (a: Node, b: Node): boolean => a === b || (a.kind === 'call' && b.kind === 'call' && sameCall(a, b));

const sameCall = (a: CallNode, b: CallNode): boolean =>
  a.body === b.body && a.output === b.output && Object.entries(a.args).every(([name, arg]) => arg === b.args[name]);
