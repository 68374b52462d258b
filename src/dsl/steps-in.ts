import { InvalidModel } from '../errors.ts';
import { nodesIn } from '../graph/bodies.ts';
import type { Body, StepsNode } from '../graph/node.ts';
import type { Shape } from '../shape/shape.ts';
import { list } from '../values/value-text.ts';
import type { Steps } from './model.ts';
import type { Target } from './target.ts';

/**
 * Returns the steps of a decoder that returns them, and the decoder with y as a further input; undefined for any other
 * decoder. `seen` are the shapes of y, or of each of several targets.
 *
 * @throws InvalidModel for a decoder that returns anything else along with them, for steps of another target, and for an
 * end without steps.
 */
export function stepsIn(
  decoder: Body,
  target: unknown,
  seen: Readonly<Record<string, Shape>>,
): { readonly decoder: Body; readonly steps: Steps } | undefined {
  const found = [...nodesIn(decoder)].flatMap((node) =>
    node.kind === 'steps' && node.writes ? [{ ...node, ...node.writes }] : [],
  );
  const [node, ...others] = found;
  if (!node) {
    checkNoEnd(target);
    return undefined;
  }
  const refuse = (expected: string, got: string, remedy: string): never => {
    throw new InvalidModel(`decoder: expected ${expected}, got ${got}; ${remedy}`);
  };
  if (others.length > 0) refuse('steps once', `${found.length} times`, 'write one sequence of steps');
  if (node.target !== target)
    refuse("steps of the definition's target", 'those of another', 'give both the same value');
  const changed = Object.entries(decoder.outputs).find(([name, output]) => node.results[name] !== output);
  if (changed)
    refuse('the result of steps, unchanged', `${changed[0]} that is computed from it`, 'compute it within the step');
  const inputs = { ...decoder.inputs };
  for (const [name, shape] of Object.entries(seen)) inputs[name] = { shape, role: 'batch' };
  checkNames(node, decoder, Object.keys(seen));
  const start = { ...node.start, ...restOf(node) };
  return {
    decoder: { ...decoder, inputs },
    steps: {
      count: node.count,
      start: { name: 'decoder/start', within: 'decoder', inputs: decoder.inputs, outputs: start },
      step: node.body,
    },
  };
}

/** Returns the first states and what else is computed before the first step; inputs of the decoder are not. */
const restOf = ({ args, sequences, states }: StepsNode) =>
  Object.fromEntries(
    Object.entries(args)
      .slice(sequences)
      .filter(([, arg], i) => i < states || arg.kind !== 'input'),
  );

/** Checks that what steps are given and give have names of their own: the files of a step have those of conditions and targets too. */
const checkNames = (
  { body, args, sequences, states }: StepsNode,
  { inputs }: Body,
  targets: readonly string[],
): void => {
  const own = [
    ...Object.keys(args).filter((name, i) => i < sequences + states || name.startsWith('context_')),
    ...Object.keys(body.outputs),
  ];
  const refuse = (what: string, taken: readonly string[]): void => {
    if (taken.length > 0)
      throw new InvalidModel(
        `${what}: expected names other than those of steps, got ${list(taken)}; rename the ${what}`,
      );
  };
  refuse(
    'condition',
    own.filter((name) => Object.hasOwn(inputs, name)),
  );
  // Whatever begins so is the next state.
  const isNext = (name: string): boolean => name.startsWith('next_');
  refuse(
    'target',
    targets.filter((name) => isNext(name) || Object.hasOwn(args, name)),
  );
};

/** Checks that no target has an end, which only steps do. */
const checkNoEnd = (target: unknown): void => {
  const all: readonly unknown[] = [target, ...Object.values(Object(target))];
  for (const one of all)
    // What it is was checked before; only a target has an end that is a number.
    if (typeof one === 'object' && one !== null && typeof (one as Partial<Target>).end === 'number')
      throw new InvalidModel(
        'target: expected an end only for a decoder that returns steps, got one for a decoder that gives all at once; return steps(…), or leave end out',
      );
};
