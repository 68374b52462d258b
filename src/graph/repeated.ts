import { InvalidModel } from '../errors.ts';
import type { Shape } from '../shape/shape.ts';
import type { Graph, Step } from './graph.ts';
import type { Application } from './identity.ts';
import { unliftable } from './lift.ts';
import type { Body, StepsNode } from './node.ts';
import { each, type Lead } from './op.ts';

/**
 * Returns the body of a step for arguments of these leads: what has no batch axis outside has none within, but that arguments of which
 * none has one are a batch of one.
 */
export const stepBody = ({ body, sequences, states }: StepsNode, leads: readonly Lead[]): Body => ({
  ...body,
  inputs: Object.fromEntries(
    Object.entries(body.inputs).map(([name, { shape }], i) => {
      // Sequences and states have one row for each example, even if their first one is the same for all.
      const rows = i < sequences + states || (leads[i] ?? 0) > 0 || leads.every((lead) => lead === 0);
      return [name, { shape, role: rows ? 'batch' : 'scalar' }];
    }),
  ),
});

/** Checks that a step treats each example by itself. @throws InvalidModel */
export const checkEach = (where: string, { steps, updates }: Graph): void => {
  const refuse = (what: string, remedy: string): never => {
    throw new InvalidModel(
      `${where}: expected layers that treat each example by itself within a step, got ${what}; ${remedy}`,
    );
  };
  const [updated] = Object.keys(updates);
  if (updated !== undefined) refuse(`statistics of a batch (${updated})`, 'use layerNorm, or put it outside');
  for (const { name, op, attrs, inputs } of steps)
    if (op.rows === 'mean' || unliftable(op, attrs, inputs.length) !== undefined)
      refuse(`${op.name} (${name})`, 'put it outside');
};

/** Returns a step as an application of its op. */
export const applicationOf = (
  step: Step,
  values: ReadonlyMap<number, { readonly shape: Shape; readonly lead: Lead }>,
): Application => {
  const valueOf = (id: number) => values.get(id) ?? { shape: [], lead: 0 };
  const params = Object.fromEntries(Object.entries(step.params).map(([name, id]) => [name, valueOf(id)]));
  return { ...step, inputs: each(step.inputs, valueOf), params };
};
