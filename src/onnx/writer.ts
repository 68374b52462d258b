import { InvalidGraph } from '../errors.ts';
import { ELEMENT, type DType } from './dtype.ts';
import {
  renamed,
  type AttributeValue,
  type Dim,
  type Flag,
  type OnnxGraph,
  type OnnxNode,
  type OnnxTensor,
  type ValueInfo,
  type ValueType,
} from './graph.ts';
import { Names } from './names.ts';
import { OPERATORS, OPSET, fewest, parametersOf, type Operator } from './schema.ts';
import { numbersOf, tensorOf } from './tensor.ts';

/** A value of a graph that is being written, identified by its name. */
export interface Value {
  readonly name: string;
}

/** An output of a nested graph: a value with its type, which ONNX requires. */
export interface Result extends ValueType {
  readonly value: Value;
}

/**
 * A graph that is being written; nested graphs share its names, and their constants are stored in the outermost one.
 */
interface Frame {
  readonly nodes: OnnxNode[];
  /** The values that nodes of this graph itself produce. */
  readonly made: Set<string>;
}

/**
 * Collects the nodes of a graph and names nodes and values: `decoder/dense_2/Gemm` for the node and
 * `decoder/dense_2/Gemm:0` for its first value, within the scope `decoder/dense_2`; a second one there is `Gemm_2`.
 */
export class GraphWriter {
  /** The version of ONNX's operators for which nodes are written. */
  readonly opset: number;
  readonly #name: string;
  readonly #inputs: ValueInfo[] = [];
  readonly #outputs: { readonly info: ValueInfo; readonly value: Value }[] = [];
  readonly #initializers = new Map<string, OnnxTensor>();
  readonly #values = new Names();
  readonly #nodes = new Names();
  #frame: Frame = { nodes: [], made: new Set() };
  #scope = '';

  constructor(name: string, options: { readonly opset?: number } = {}) {
    this.#name = name;
    this.opset = options.opset ?? OPSET;
  }

  /** Runs `body`, in which the name of every node starts with this one (after that of the surrounding scope). */
  scope<T>(name: string, body: () => T): T {
    const outer = this.#scope;
    this.#scope = this.#path(name);
    try {
      return body();
    } finally {
      this.#scope = outer;
    }
  }

  /** Declares an input of the graph. @throws InvalidGraph if the name is taken. */
  input(name: string, dtype: DType, shape: readonly Dim[]): Value {
    this.#values.claim(name);
    this.#inputs.push({ name, dtype, shape });
    return { name };
  }

  /** Declares an output of the graph; the value takes its name. @throws InvalidGraph if the name is taken. */
  output(name: string, value: Value, dtype: DType, shape: readonly Dim[]): void {
    this.#values.claim(name);
    this.#outputs.push({ info: { name, dtype, shape }, value });
  }

  /** Adds a tensor under exactly this name. @throws InvalidGraph if another value has the name. */
  initializer(name: string, tensor: OnnxTensor): Value {
    if (this.#initializers.get(name) !== tensor) {
      this.#values.claim(name);
      this.#initializers.set(name, tensor);
    }
    return { name };
  }

  /**
   * Adds a constant: a scalar from a number, a vector from numbers (float32 unless another type is given), or a tensor.
   * A small constant is named by its content (`constant/float(0.5)`) and written once.
   */
  constant(content: number | readonly number[] | OnnxTensor, dtype: DType = 'float32'): Value {
    const tensor = toTensor(content, dtype);
    const name = contentName(tensor);
    if (name === undefined) return this.#added(this.#path('constant'), tensor);
    const taken = this.#initializers.get(name);
    if (!taken) this.initializer(name, tensor);
    // A graph from elsewhere may have given the name to something else.
    else if (contentName(taken) !== name) return this.#added(name, tensor);
    return { name };
  }

  /** Returns a constant that has been added, or undefined for a value that is computed. */
  tensor({ name }: Value): OnnxTensor | undefined {
    return this.#initializers.get(name);
  }

  /**
   * Writes a nested graph for a node (the body of a Loop, a branch of an If). `body` receives its inputs and returns
   * its results; the nodes it writes go into that graph and may use the surrounding values.
   */
  subgraph(
    name: string,
    inputs: readonly ValueInfo[],
    body: (...inputs: readonly Value[]) => readonly Result[],
  ): OnnxGraph {
    const outer = this.#frame;
    this.#frame = { nodes: [], made: new Set() };
    try {
      return this.scope(name, () => {
        const infos = inputs.map((info) => ({ ...info, name: this.#values.fresh(this.#path(info.name)) }));
        const given = new Set<string>();
        const outputs = body(...infos.map((info) => ({ name: info.name }))).map(({ value, dtype, shape }) => {
          const own = this.#frame.made.has(value.name) && !given.has(value.name);
          const result = own ? value.name : this.#identity(value).name;
          given.add(result);
          return { name: result, dtype, shape };
        });
        return { name, inputs: infos, outputs, nodes: this.#frame.nodes, initializers: new Map() };
      });
    } finally {
      this.#frame = outer;
    }
  }

  /**
   * Writes all nodes and initializers of another graph into this one, with its inputs replaced by the given values, and
   * returns its outputs by name. Names are kept, after the scope's, if they are free; an initializer that already
   * exists (the same tensor under the same name) is shared.
   *
   * @throws InvalidGraph if an input is missing.
   */
  inline(graph: OnnxGraph, inputs: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> {
    const names = new Map<string, string>([['', '']]);
    for (const { name } of graph.inputs) {
      const value = inputs[name];
      if (!value)
        throw new InvalidGraph(`${graph.name}: expected a value for its input ${name}, got none; give it one`);
      names.set(name, value.name);
    }
    for (const [name, tensor] of graph.initializers) {
      const shared = this.#initializers.get(name) === tensor;
      names.set(name, shared ? name : this.#added(name, tensor).name);
    }
    const rename = (name: string): string => {
      const known = names.get(name);
      if (known !== undefined) return known;
      const fresh = this.#values.fresh(this.#path(name));
      names.set(name, fresh);
      return fresh;
    };
    const outputs = new Set(graph.outputs.map(({ name }) => name));
    for (const node of graph.nodes) {
      const unique = this.#nodes.fresh(this.#path(node.name));
      // An output of the other graph is not one here: its name is left free for one that is.
      node.outputs.forEach((output, k) => {
        if (outputs.has(output)) names.set(output, this.#values.fresh(`${unique}:${k}`));
      });
      const added = renamed({ ...node, name: unique }, rename);
      this.#frame.nodes.push(added);
      for (const output of added.outputs) this.#frame.made.add(output);
    }
    return Object.fromEntries(graph.outputs.map(({ name }) => [name, { name: rename(name) }]));
  }

  /** Returns the graph as written so far, with its outputs under their declared names. */
  graph(): OnnxGraph {
    const nodes = [...this.#frame.nodes];
    const names = new Map<string, string>();
    for (const { info, value } of this.#outputs) {
      if (this.#frame.made.has(value.name) && !names.has(value.name)) names.set(value.name, info.name);
      else nodes.push(identity(`${info.name}/Identity`, value.name, info.name));
    }
    return {
      name: this.#name,
      inputs: [...this.#inputs],
      outputs: this.#outputs.map(({ info }) => info),
      nodes: nodes.map((node) => renamed(node, (name) => names.get(name) ?? name)),
      initializers: new Map(this.#initializers),
    };
  }

  /** Adds a node and returns its `outputs` values. An input that is undefined is omitted. */
  protected add(
    op: Operator,
    inputs: readonly (Value | undefined)[],
    attributes: Readonly<Record<string, AttributeValue | undefined>> = {},
    outputs = 1,
    flag?: Flag,
  ): readonly Value[] {
    const name = this.#nodes.fresh(this.#path(op));
    const results = Array.from({ length: outputs }, (_, i) => this.#values.fresh(`${name}:${i}`));
    const given = inputs.map((input) => input?.name ?? '');
    const needed = fewest(parametersOf(OPERATORS[op].inputs, this.opset));
    while (given.length > needed && given.at(-1) === '') given.pop();
    const known = Object.entries(attributes).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, value] as const],
    );
    const node = { name, op, inputs: given, outputs: results, attributes: Object.fromEntries(known) };
    this.#frame.nodes.push(flag ? { ...node, flag } : node);
    for (const result of results) this.#frame.made.add(result);
    return results.map((result) => ({ name: result }));
  }

  #added(name: string, tensor: OnnxTensor): Value {
    const unique = this.#values.fresh(name);
    this.#initializers.set(unique, tensor);
    return { name: unique };
  }

  #identity(value: Value): Value {
    const name = this.#nodes.fresh(this.#path('Identity'));
    const result = this.#values.fresh(`${name}:0`);
    this.#frame.nodes.push(identity(name, value.name, result));
    this.#frame.made.add(result);
    return { name: result };
  }

  #path(name: string): string {
    return this.#scope === '' ? name : `${this.#scope}/${name}`;
  }
}

const identity = (name: string, input: string, output: string): OnnxNode => ({
  name,
  op: 'Identity',
  inputs: [input],
  outputs: [output],
  attributes: {},
});

const toTensor = (content: number | readonly number[] | OnnxTensor, dtype: DType): OnnxTensor => {
  if (typeof content === 'number') return tensorOf(dtype, [], [content]);
  return 'dtype' in content ? content : tensorOf(dtype, [content.length], content);
};

/** Returns the name of a scalar or a short vector: `constant/float(0.5)`, `constant/int64[-1,784]`. */
const contentName = (tensor: OnnxTensor): string | undefined => {
  if (tensor.shape.length > 1 || tensor.data.length > 8) return undefined;
  // Not through numbersOf for int64: numbers that differ only beyond 53 bits must not share a name.
  const elements =
    tensor.dtype === 'int64' ? [...tensor.data].join(',') : Array.from(numbersOf(tensor), written).join(',');
  const word = ELEMENT[tensor.dtype].word;
  return tensor.shape.length === 0 ? `constant/${word}(${elements})` : `constant/${word}[${elements}]`;
};

const written = (x: number): string => (Object.is(x, -0) ? '-0' : String(x));
