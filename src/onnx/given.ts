import { InvalidGraph } from '../errors.ts';
import { brief } from '../values/brief.ts';
import type { OnnxModel } from './graph.ts';

// Whoever writes JavaScript may give a model where its graph is expected, or the other way round.

/** Refuses what is no graph. @throws InvalidGraph */
export const expectGraph = (where: string, given: unknown): void => {
  const { nodes, graph } = Object(given) as Readonly<Record<string, unknown>>; // an object, whatever was given
  if (Array.isArray(nodes)) return;
  const got =
    graph === undefined ? `${brief(given)}; give one, such as the graph of decode(bytes)` : 'a model; give its graph';
  throw new InvalidGraph(`${where}: expected a graph, got ${got}`);
};

/** Refuses what is no model, or has not all of these parts. @throws InvalidGraph */
export const expectModel = (where: string, given: unknown, ...parts: readonly (keyof OnnxModel)[]): void => {
  const model = Object(given) as Readonly<Record<string, unknown>>; // an object, whatever was given
  const lacking = parts.find((part) => Object(model[part]) !== model[part]);
  if (lacking === undefined) return;
  const without = model['graph'] === undefined ? brief(given) : `one without ${lacking}`;
  const got =
    model['nodes'] === undefined
      ? `${without}; give one, such as decode(bytes)`
      : 'a graph; give { graph, opset, irVersion, metadata: {}, producer }';
  throw new InvalidGraph(`${where}: expected a model, got ${got}`);
};
