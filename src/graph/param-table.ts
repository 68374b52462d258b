import { InvalidModel } from '../errors.ts';
import { same } from '../shape/same.ts';
import type { Shape } from '../shape/shape.ts';
import { nameOf, type Frame } from './call-frame.ts';
import type { GraphParam } from './graph.ts';
import type { Body, ParamNode } from './node.ts';

/** The parameters of a graph that is being resolved, by their full names. */
export class ParamTable {
  readonly #params = new Map<string, GraphParam>();
  readonly #sources = new Map<string, { readonly node: ParamNode; readonly body: Body }>();
  readonly #define: (shape: Shape) => number;

  /** `define` returns a new id for a value of this shape. */
  constructor(define: (shape: Shape) => number) {
    this.#define = define;
  }

  get all(): readonly GraphParam[] {
    return [...this.#params.values()];
  }

  /** Returns the id of a network's parameter. @throws InvalidModel if another one has its name. */
  place(node: ParamNode, frame: Frame): number {
    const { body, frozen } = frame;
    const name = nameOf(node, frame);
    const before = this.#params.get(name);
    const source = this.#sources.get(name);
    if (before && source) {
      if (node.layer && source.body === body && source.node !== node) refuse(name);
      return this.adopt({ ...before, shape: node.shape });
    }
    this.#sources.set(name, { node, body });
    return this.adopt({ name, shape: node.shape, init: node.init, trainable: node.trainable && !frozen });
  }

  /** Returns the id of a parameter with its full name, such as one of a graph within this one. @throws InvalidModel as above */
  adopt(param: Omit<GraphParam, 'id'>): number {
    const before = this.#params.get(param.name);
    if (before && !same(before.shape, param.shape)) refuse(param.name);
    const id = before?.id ?? this.#define(param.shape);
    if (!before) this.#params.set(param.name, { ...param, id });
    return id;
  }
}

const refuse = (name: string): never => {
  throw new InvalidModel(
    `${name}: expected one parameter of this name, got two of different layers; apply each layer in the body of the network that uses it`,
  );
};
