import { InvalidModel } from '../errors.ts';
import type { Body, Node, ParamNode } from './node.ts';

/** One computation of a body: the values its inputs are bound to, and those computed so far. */
export interface Frame {
  readonly body: Body;
  /** `decoder`, or `decoder#2` if it is computed a second time from other inputs. */
  readonly name: string;
  readonly bound: ReadonlyMap<string, number>;
  readonly ids: Map<Node, number>;
  readonly mode: 'train' | 'infer';
  readonly frozen: boolean;
}

/** Returns the full name of a parameter: the network's, the layer's, its own. */
export const nameOf = (node: ParamNode, { body }: Frame): string =>
  node.layer ? `${body.within ?? body.name}/${node.layer.label}/${node.label}` : node.label;

/** Returns the id of a node that has been computed. */
export const idIn = ({ ids, name }: Frame, node: Node): number =>
  ids.get(node) ?? unreachable(`${name}: a node is used before it is computed`);

/** Returns the ids of a body's arguments, by the names of its inputs. */
export const bind = (called: Body, args: Readonly<Record<string, Node>>, frame: Frame): ReadonlyMap<string, number> =>
  new Map(
    Object.keys(called.inputs).map((name) => {
      const arg = args[name] ?? unreachable(`${called.name}: no argument ${name}`);
      return [name, frame.ids.get(arg) ?? unreachable(`${called.name}: ${name} is not computed yet`)];
    }),
  );

/** Returns the node of a body's output. */
export const outputOf = (called: Body, output: string): Node =>
  called.outputs[output] ?? unreachable(`${called.name} has no output ${output}`);

/** Reports an input that belongs to another network. @throws InvalidModel */
export const foreign = (where: string, input: string): never => {
  throw new InvalidModel(
    `${where}: expected tensors of its own, got ${input} of another network; make it an input and pass it in the call`,
  );
};

/** Reports a bug in this file's callers. @throws Error */
export const unreachable = (what: string): never => {
  throw new Error(`resolve: ${what}`);
};
