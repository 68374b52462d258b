import { InvalidModel, isError, ShapeMismatch } from '../errors.ts';
import type { Body, Role } from '../graph/node.ts';
import { same } from '../shape/same.ts';
import type { Shape } from '../shape/shape.ts';
import { show } from '../shape/show.ts';
import { callable, isPlain, nameRule, rule } from '../values/rules.ts';
import { own } from '../values/own.ts';
import { list } from '../values/value-text.ts';
import { checkCall } from './check-arguments.ts';
import { describe, input, isTensor, Tensor } from './tensor.ts';
import { checkShape } from './sizes.ts';
import { PRETRAINED, pretrainedOf, type PretrainedOptions } from './pretrained.ts';
import { here, traced } from './trace.ts';
import type { Symbol, Variables } from './variables.ts';

/** Tensors by name, as returned by a body with several outputs. */
export type Tensors = Readonly<Record<string, Tensor>>;

/** The inputs of a network, as its body sees them. */
export type NetworkInputs<V extends Variables> = { readonly [K in keyof V]: Symbol<V[K]> };

/** A function of tensors that owns its parameters; all calls share them. */
export interface Network<In extends Variables = Variables, Out = unknown> {
  (inputs: { readonly [K in keyof In]: Symbol<In[K]> }): Out;
  /** The body to call; internal to the graph, not part of the public interface. */
  readonly '~body': Body;
}

/** Tensors by these names. Unlike `Tensors`, it also matches an interface such as `Gaussian`. */
type Outputs<K extends PropertyKey> = { readonly [Name in K]: Tensor };

/** Options of `network`. */
export interface NetworkOptions {
  /** Weights that training starts from, of a network that was trained elsewhere. */
  readonly pretrained?: PretrainedOptions;
}
/** Tensors by these names, or records of them, as a baseline returns for several targets. */
type Nested<Out, K extends keyof Out> = {
  readonly [Name in K]: [keyof Out[Name]] extends [never]
    ? Tensor
    : Out[Name] extends object
      ? Tensor | Outputs<keyof Out[Name]>
      : Tensor;
};

/** The name of the output if a body returns a single tensor. */
export const OUTPUT = 'output';

/** Names of bodies that the library itself writes: a file's output, the training objective, and the scaling of data. */
export const RESERVED = new Set(['output', 'objective', 'scaling']);

/**
 * Creates a network with its own name and parameters, and one output or a record of outputs, in which several targets may have
 * records of their own. All calls share its parameters. With `pretrained`, training starts from weights in a safetensors
 * file, and leaves them as they are if they are `frozen`: { file: 'encoder.safetensors', names: { 'conv2d_1/kernel':
 * 'features.0.weight', … }, from: 'pytorch' }.
 *
 * @example
 * ```ts
 * import { constant, dense, flatten, image, network, relu } from 'cvae-compile';
 *
 * const features = network('features', { x: image(28, 28, 1) }, ({ x }) => x.pipe(flatten, dense(200), relu));
 *
 * const [a, b] = [constant([28, 28, 1], 0), constant([28, 28, 1], 1)];
 * console.log(features({ x: a }).shape, features({ x: b }).shape); // [200] [200]: of the same parameters
 * ```
 */
export function network<In extends Variables, Out extends Tensor | Nested<Out, keyof Out>>(
  name: string,
  inputs: In,
  body: (inputs: { readonly [K in keyof In]: Symbol<In[K]> }) => Out,
  options: NetworkOptions = {},
): Network<In, Out> {
  checkCall('network', NETWORK, [...arguments]);
  if (RESERVED.has(name))
    throw new InvalidModel(`network: expected a name of its own, got the reserved ${name}; rename the network`);
  for (const [key, variable] of Object.entries(inputs)) checkVariable(`${name}/${key}`, variable);
  const shapes = Object.fromEntries(Object.entries(inputs).map(([key, { shape }]) => [key, shape]));
  // `symbols` creates a tensor of each variable's shape, as the mapped type states.
  let form: Form = { flat: {}, restored: (outputs) => outputs };
  const read = bodyOf(name, shapes, (given) => {
    form = formOf(body(strict(name, given) as NetworkInputs<In>));
    return form.flat;
  });
  const own: Body = { ...read, ...(options.pretrained && { pretrained: pretrainedOf(name, options.pretrained) }) };
  const call = (...args: [NetworkInputs<In>]) => form.restored(results(own, argumentsOf(own, args)));
  // A single tensor or the record that the body returned: `results` returns what `bodyOf` recorded.
  return Object.assign(call, { '~body': own }) as unknown as Network<In, Out>;
}

/** What a body returned as a record of tensors, and a function that makes of such a record what the body returned. */
interface Form {
  readonly flat: Tensor | Tensors;
  restored(outputs: Tensor | Tensors): unknown;
}

/** Returns a body's result with records in it written out: `rain.mean`. */
const formOf = (returned: unknown): Form => {
  // `bodyOf` refuses what is neither a tensor nor a record of tensors.
  const asItIs: Form = { flat: returned as Tensors, restored: (outputs) => outputs };
  if (!isPlain(returned) || isTensor(returned)) return asItIs;
  const isRecord = (value: unknown): value is Tensors =>
    isPlain(value) && !isTensor(value) && Object.values(value).length > 0 && Object.values(value).every(isTensor);
  if (!Object.values(returned).some(isRecord)) return asItIs;
  const flat = Object.entries(returned).flatMap(([name, value]) =>
    isRecord(value)
      ? Object.entries(value).map(([key, x]) => [`${name}.${key}`, x] as const)
      : [[name, value] as const],
  );
  return {
    flat: Object.fromEntries(flat) as Tensors, // as above
    restored: (outputs) => {
      const given: Readonly<Record<string, unknown>> = { ...outputs };
      const entries = Object.entries(returned).map(([name, value]) => [
        name,
        isRecord(value)
          ? Object.fromEntries(Object.keys(value).map((key) => [key, given[`${name}.${key}`]]))
          : given[name],
      ]);
      return Object.fromEntries(entries);
    },
  };
};

const NETWORK = {
  args: [
    nameRule(true, 'rename the network'),
    rule('the inputs by name, each a variable,', isPlain, 'give what the body takes: { x: continuous(3) }'),
    callable('a function of tensors', 'write the body: ({ x }) => x.pipe(dense(10))'),
  ],
  options: { pretrained: PRETRAINED },
};

/** Checks a variable. @throws InvalidModel if it is not a variable, or is empty. */
export const checkVariable = (where: string, variable: unknown): void => {
  const { kind, shape, dataShape }: Readonly<Record<string, unknown>> =
    typeof variable === 'object' && variable !== null ? { ...variable } : {};
  if (!KINDS.has(kind) || dataShape === undefined)
    throw new InvalidModel(
      `${where}: expected a variable such as categorical(10), got ${describe(variable)}; say what it is`,
    );
  for (const one of [shape, dataShape]) checkShape(where, 'an example', one);
};

const KINDS = new Set<unknown>(['categorical', 'continuous', 'image']);

/** Returns the arguments of a network call. @throws InvalidModel for arguments that the network does not take. */
const argumentsOf = (body: Body, args: readonly unknown[]): Tensors => {
  const names = Object.keys(body.inputs);
  const [given] = args;
  const refuse = (got: string, remedy: string): never => {
    throw new InvalidModel(`${here(body.name)}: expected a record of ${list(names)}, got ${got}; ${remedy}`);
  };
  const form = `call ${body.name}({ ${names.join(', ')} })`;
  if (args.length > 1) return refuse(`${args.length} arguments`, form);
  if (typeof given !== 'object' || given === null || isTensor(given)) return refuse(describe(given), form);
  // `call` checks each input it takes; extra members, such as everything a decoder is given, are allowed.
  return given as Tensors;
};

/** Reads a body whose inputs have these shapes. All inputs are batch data unless `role` returns otherwise. */
export function bodyOf(
  name: string,
  inputs: Readonly<Record<string, Shape>>,
  body: (given: Tensors) => Tensor | Tensors,
  role: (input: string) => Role = () => 'batch',
): Body {
  const outputs = outputsOf(
    name,
    read(name, () => body(symbols(inputs))),
  );
  return {
    name,
    inputs: Object.fromEntries(Object.entries(inputs).map(([key, shape]) => [key, { shape, role: role(key) }])),
    outputs: Object.fromEntries(Object.entries(outputs).map(([key, x]) => [key, x.node])),
  };
}

/** Runs a body. @throws InvalidModel if it recurses without end. */
const read = (name: string, body: () => Tensor | Tensors): Tensor | Tensors => {
  try {
    return traced(name, body);
  } catch (error) {
    if (!(isError(error) && error.name === 'RangeError' && /call stack/i.test(error.message))) throw error;
    throw new InvalidModel(
      `${name}: expected a body that ends, got a function that calls itself endlessly; add a condition that stops the recursion`,
    );
  }
};

/** Returns a body's outputs by name. */
function outputsOf(name: string, returned: unknown): Tensors {
  const given: unknown = isTensor(returned) ? { [OUTPUT]: returned } : returned;
  const entries = typeof given === 'object' && given !== null ? Object.entries(given) : [];
  const tensors: Record<string, Tensor> = {};
  for (const [key, value] of entries) if (isTensor(value)) tensors[key] = value;
  if (entries.length === 0 || Object.keys(tensors).length < entries.length)
    throw new InvalidModel(
      `${name}: expected its body to return a tensor or a record of tensors, got ${describe(returned)}; return a tensor, such as dense(10)(x)`,
    );
  if (Object.values(tensors).some((x) => x['~places'].length > 0))
    throw new InvalidModel(`${name}: expected the result of each, got a tensor from within it; return the result`);
  return tensors;
}

/** Returns all outputs of a body called with these arguments. @throws ShapeMismatch if one has the wrong shape. */
export function call(body: Body, args: Tensors): Tensors {
  const taken = Object.entries(body.inputs).map(([key, { shape }]) => {
    const arg = own(args, key);
    if (!isTensor(arg))
      throw new InvalidModel(
        `${here(body.name)}: expected a tensor as ${key}, got ${describe(arg)}; pass it in the call`,
      );
    if (arg['~places'].length > 0)
      throw new InvalidModel(
        `${here(body.name)}: expected a call outside of each, got one within it; write its layers there, or call it on at(0)(x), at(1)(x), … and stack what it gives`,
      );
    if (!same(arg.shape, shape))
      throw new ShapeMismatch(
        `${here(body.name)}: expected ${key} of shape ${show(shape)}, got ${show(arg.shape)}; pass a tensor of that shape`,
      );
    return [key, arg.node] as const;
  });
  return Object.fromEntries(
    Object.entries(body.outputs).map(([output, { shape }]) => [
      output,
      new Tensor({ kind: 'call', body, args: Object.fromEntries(taken), output, shape }),
    ]),
  );
}

const results = (body: Body, args: Tensors): Tensor | Tensors => {
  const outputs = call(body, args);
  return outputs[OUTPUT] ?? outputs;
};

/**
 * Returns the inputs of a user's body as a record that throws on unknown names. TypeScript rejects these at compile
 * time; at run time an error is better than a misspelt or undeclared input passed on as undefined.
 *
 * @throws InvalidModel if the body asks for an input it does not have, such as a decoder asking for y; `remedies` say
 * what to do about those that it could have.
 */
export const strict = <T>(
  name: string,
  given: Readonly<Record<string, T>>,
  remedies: Readonly<Record<string, string>> = {},
): Readonly<Record<string, T>> =>
  new Proxy(given, {
    get: (tensors, key, receiver) => {
      if (typeof key === 'string' && !Object.hasOwn(tensors, key))
        throw new InvalidModel(
          `${name}: expected one of ${Object.keys(tensors).join(', ')}, got ${key}; ${own(remedies, key) ?? 'use what it is given'}`,
        );
      return Reflect.get(tensors, key, receiver);
    },
  });

/** Returns a tensor for each input of the body that is being read. */
export const symbols = (inputs: Readonly<Record<string, Shape>>): Tensors =>
  Object.fromEntries(Object.entries(inputs).map(([name, shape]) => [name, input(name, shape)]));
