import { InvalidGraph } from '../errors.ts';
import type { OnnxGraph, OnnxNode } from '../onnx/graph.ts';
import { int, type Expr } from './code/expression.ts';
import { Code, type Local } from './code/function.ts';
import type { ModuleBuilder } from './code/module.ts';
import { writeElements } from './elements.ts';
import { sameLength, type Length } from './length.ts';
import { bytesOf, unable, type Context, type Lowering, type Tensor } from './lowering.ts';
import { addressOf, Arena, type Region } from './memory.ts';
import type { Bytes, PartPlan, Slot } from './plan.ts';
import { needed, readBy } from './needed.ts';
import { LOWERINGS } from './operators/table.ts';
import type { Constant, Weights } from './weights.ts';

/** Writes the function that computes one graph: `run_decoder(rows, base)`. */
export class PartWriter {
  readonly #module: ModuleBuilder;
  readonly #weights: Weights;
  readonly #graph: OnnxGraph;
  readonly #dims: (name: string) => readonly Length[];
  readonly #isWhole: (name: string) => boolean;
  readonly #constants: ReadonlyMap<string, Constant>;
  readonly #arena = new Arena();
  readonly #regions = new Map<string, Region>();
  readonly #addresses = new Map<string, Expr<'i32'>>();
  /** What a value is a view of. */
  readonly #views = new Map<string, string>();
  /** Nodes whose elements are computed where they are used. */
  readonly #inlined = new Map<string, OnnxNode>();
  #code = new Code([]);
  #rows: Local<'i32'> = { type: 'i32', index: 0, code: [] };
  #base: Local<'i32'> = this.#rows;

  constructor(
    module: ModuleBuilder,
    weights: Weights,
    graph: OnnxGraph,
    dims: (name: string) => readonly Length[],
    isWhole: (name: string) => boolean,
  ) {
    this.#module = module;
    this.#weights = weights;
    this.#dims = dims;
    this.#isWhole = isWhole;
    const { nodes, constants } = needed(graph);
    this.#constants = constants;
    this.#graph = { ...graph, nodes };
  }

  /** Writes the function, exports it, and returns how it is called. */
  write(part: string): PartPlan {
    const { nodes, inputs, outputs } = this.#graph;
    const ends = new Set([...inputs, ...outputs].map(({ name }) => name));
    for (const { name } of inputs) this.#take(name);
    const run = this.#module.kernel(`run ${part}`, ['i32', 'i32'], undefined, (code, rows, base) => {
      this.#code = code;
      this.#rows = rows;
      this.#base = base;
      this.#findInlined();
      const last = this.#lastUses();
      nodes.forEach((node, at) => {
        if (this.#inlined.has(node.outputs[0] ?? '')) return;
        this.#node(node);
        for (const [name, use] of last)
          if (use === at && !ends.has(name)) {
            const region = this.#regions.get(name);
            if (region) this.#arena.free(region);
          }
      });
      for (const { name } of outputs) this.#giveOut(name);
    });
    this.#module.export(`run_${part}`, run);
    const slots = (infos: readonly { readonly name: string }[]): Readonly<Record<string, Slot>> =>
      Object.fromEntries(
        infos.map(({ name }) => [name, { at: this.#region(name).at, size: bytesOf(this.#dims(name)) }]),
      );
    return { inputs: slots(inputs), outputs: slots(outputs), memory: this.#arena.size };
  }

  #lowering({ name, op }: OnnxNode): Lowering {
    const lowering = Object.hasOwn(LOWERINGS, op) ? LOWERINGS[op] : undefined;
    if (!lowering)
      throw new InvalidGraph(
        `${name}: expected an operator that the target wasm has, got ${op}; export it without the target wasm`,
      );
    return lowering;
  }

  /** Returns the value that a view shows. */
  #root(name: string): string {
    const of = this.#views.get(name);
    return of === undefined ? name : this.#root(of);
  }

  /** Finds the elementwise nodes whose only reader is another of the same shape: they need no memory of their own. */
  #findInlined(): void {
    const readers = new Map<string, OnnxNode[]>();
    for (const node of this.#graph.nodes)
      for (const name of readBy(node)) readers.set(name, [...(readers.get(name) ?? []), node]);
    const outputs = new Set(this.#graph.outputs.map(({ name }) => name));
    for (const node of this.#graph.nodes) {
      const [name = ''] = node.outputs;
      const [reader, ...others] = readers.get(name) ?? [];
      if (!reader || others.length > 0 || outputs.has(name)) continue;
      if (this.#lowering(node).kind !== 'elements' || this.#lowering(reader).kind !== 'elements') continue;
      const [own, its] = [this.#dims(name), this.#dims(reader.outputs[0] ?? '')];
      const isSame = own.length === its.length && own.every((dim, i) => sameLength(dim, its[i] ?? dim));
      if (isSame) this.#inlined.set(name, node);
    }
  }

  /** Returns what a node reads from memory, through the nodes that are computed within it. */
  #leaves(node: OnnxNode): readonly string[] {
    return readBy(node).flatMap((name) => {
      const inner = this.#inlined.get(name);
      return inner ? this.#leaves(inner) : [name];
    });
  }

  /** Returns the position of the last node that reads each value, views included. */
  #lastUses(): ReadonlyMap<string, number> {
    const last = new Map<string, number>();
    const views = new Map<string, string>();
    const root = (name: string): string => {
      const of = views.get(name);
      return of === undefined ? name : root(of);
    };
    this.#graph.nodes.forEach((node, at) => {
      const [name = ''] = node.outputs;
      if (this.#inlined.has(name)) return;
      if (this.#lowering(node).kind === 'view') views.set(name, node.inputs[0] ?? '');
      for (const leaf of this.#leaves(node)) last.set(root(leaf), at);
      // A value that nobody reads is still written.
      for (const output of node.outputs) if (output !== '' && !views.has(output)) last.set(output, at);
    });
    const end = this.#graph.nodes.length;
    for (const { name } of this.#graph.outputs) last.set(root(name), end);
    return last;
  }

  #node(node: OnnxNode): void {
    const lowering = this.#lowering(node);
    const [output = ''] = node.outputs;
    if (lowering.kind === 'view') {
      this.#views.set(output, node.inputs[0] ?? '');
      return;
    }
    for (const name of node.outputs) if (name !== '') this.#take(name);
    const held: Region[] = [];
    if (lowering.kind === 'elements') this.#elements(node);
    else lowering.emit(this.#context(node, held));
    for (const region of held) this.#arena.free(region);
  }

  #elements(node: OnnxNode): void {
    const leaves = [...new Set(this.#leaves(node))];
    const compute = (one: OnnxNode, leaf: (name: string) => Expr<'v128'>): Expr<'v128'> => {
      const lowering = this.#lowering(one);
      if (lowering.kind !== 'elements') return unable(one, 'of elements', 'another');
      const given = one.inputs.map((name) => {
        const inner = this.#inlined.get(name);
        return inner ? compute(inner, leaf) : name === '' ? { type: 'v128' as const, code: [] } : leaf(name);
      });
      const [input = ''] = one.inputs;
      return lowering.vectors(
        { node: one, code: this.#code, module: this.#module, isWhole: this.#isWhole(input) },
        ...given,
      );
    };
    writeElements(
      { node, code: this.#code, rows: this.#rows },
      this.#tensor(node.outputs[0] ?? ''),
      leaves.map((name) => this.#tensor(name)),
      (vectors) => compute(node, (name) => vectors[leaves.indexOf(name)] ?? unable(node, 'of its inputs', name)),
    );
  }

  #context(node: OnnxNode, held: Region[]): Context {
    const has = (index: number): boolean => (node.inputs[index] ?? '') !== '';
    return {
      node,
      module: this.#module,
      code: this.#code,
      rows: this.#rows,
      has,
      input: (index) => this.#tensor(node.inputs[index] ?? ''),
      numbers: (index) => {
        const constant = this.#constants.get(node.inputs[index] ?? '');
        return constant
          ? Array.from(constant.data)
          : unable(node, `with a constant input ${index}`, 'one that is computed');
      },
      output: (index = 0) => this.#tensor(node.outputs[index] ?? ''),
      isUsed: (output) => (node.outputs[output] ?? '') !== '',
      scratch: (bytes) => {
        const region = this.#arena.take(bytes);
        held.push(region);
        return this.#code.int(addressOf(region.at, this.#base, this.#rows));
      },
      place: (...given) => this.#weights.place(...given),
    };
  }

  #tensor(name: string): Tensor {
    const root = this.#root(name);
    const constant = this.#constants.get(root);
    const about = { dims: this.#dims(name), isWhole: this.#isWhole(name) };
    if (!constant) return { ...about, at: this.#address(root) };
    const weights = this.#weights;
    return {
      ...about,
      constant,
      // Placed only if it is read as it is: products arrange their weights otherwise.
      get at() {
        const large = about.isWhole && Array.from(constant.data).find((value) => Math.abs(value) > EXACT);
        if (large)
          throw new InvalidGraph(
            `${name}: expected whole numbers up to 2^24 for WebAssembly, got ${large}; export it without the target wasm`,
          );
        return int(weights.place(Float32Array.from(constant.data), constant.stored, constant.scales));
      },
    };
  }

  #address(name: string): Expr<'i32'> {
    const known = this.#addresses.get(name);
    if (known) return known;
    const address = this.#code.int(addressOf(this.#region(name).at, this.#base, this.#rows));
    this.#addresses.set(name, address);
    return address;
  }

  #take(name: string): void {
    this.#regions.set(name, this.#arena.take(bytesOf(this.#dims(name))));
  }

  #region(name: string): Region {
    const region = this.#regions.get(name);
    if (!region)
      throw new InvalidGraph(
        `${name}: expected a value that is computed before it is read, got none; correct the graph`,
      );
    return region;
  }

  /** Copies an output that is a view, an input or a constant to a place of its own. */
  #giveOut(name: string): void {
    if (this.#regions.has(name) && !this.#graph.inputs.some((info) => info.name === name)) return;
    const from = this.#tensor(name).at;
    this.#take(name);
    const bytes: Bytes = bytesOf(this.#dims(name));
    const to = addressOf(this.#region(name).at, this.#base, this.#rows);
    this.#code.copy(to, from, addressOf(bytes, int(0), this.#rows));
  }
}

/** Whole numbers are stored as float32, which holds them exactly up to this one. */
const EXACT = 2 ** 24;
