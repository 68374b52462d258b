import { InvalidModel } from '../errors.ts';
import type { Body } from '../graph/node.ts';
import { resolve } from '../graph/resolve.ts';
import type { Shape } from '../shape/shape.ts';
import { bodyOf, call } from './network.ts';

/**
 * Resolves all networks of a model at once, so that what is wrong between them is said when the definition is read: names,
 * batch axes, conditions without effect.
 *
 * @throws InvalidModel
 */
export function checkWhole(
  networks: readonly Body[],
  inputs: Readonly<Record<string, Shape>>,
  conditions: readonly string[],
): void {
  const whole = bodyOf('objective', inputs, (given) =>
    Object.fromEntries(
      networks.flatMap((body) =>
        Object.entries(call(body, given)).map(([output, x]) => [`${body.name}.${output}`, x] as const),
      ),
    ),
  );
  const graph = resolve(whole, { mode: 'train' });
  const used = new Set([...graph.steps.flatMap((step) => step.inputs), ...Object.values(graph.outputs)]);
  for (const { name, id } of graph.inputs)
    if (conditions.includes(name) && !used.has(id))
      throw new InvalidModel(
        `condition: expected every condition to be used, got ${name}, which no network reads; use it or leave it out`,
      );
}
