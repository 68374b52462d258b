import { distributionOf } from '../distributions/data/table.ts';
import { InvalidModel } from '../errors.ts';
import { show } from '../shape/show.ts';
import { recordOf, type Targets } from '../dsl/record.ts';
import { type Target } from '../dsl/target.ts';

/** Returns the target of one step of a sequence: the same without the first axis. */
export const stepOf = (target: Target): Target => {
  if (target.step) return target.step();
  const { shape, dataShape, parameters, outputs, image: _, mask: __, of, ...rest } = target;
  const cut = (shapes: Target['parameters']) =>
    Object.fromEntries(Object.entries(shapes).map(([name, own]) => [name, own.slice(1)]));
  return {
    ...rest,
    ...(of && { of: stepOf(of) }),
    shape: shape.slice(1),
    dataShape: dataShape.slice(1),
    parameters: cut(parameters),
    ...(outputs && { outputs: cut(outputs) }),
  };
};

/** Targets by name; a single one is called y. */
export const named = (target: Target | Targets): Readonly<Record<string, Target>> =>
  isSingle(target) ? { y: target } : target;

/** Whether a target is a single one, rather than several by name. */
export const isSingle = (target: Target | Targets): target is Target => typeof target['distribution'] === 'string';

/** Returns the target of one step of a sequence, or of sequences of as many steps each. */
export const stepTarget = (target: Target | Targets): Target =>
  isSingle(target)
    ? stepOf(target)
    : recordOf(Object.fromEntries(Object.entries(target).map(([name, one]) => [name, stepOf(one)])));

/**
 * Returns the number of steps of a target. @throws InvalidModel if its targets are not sequences of as many steps, or
 * cannot be drawn step by step.
 */
export const countOf = (where: string, target: Target | Targets): number => {
  const all = Object.entries(named(target));
  const [first] = all;
  const count = first?.[1].shape[0] ?? 0;
  for (const [name, one] of all) {
    const called = isSingle(target) ? 'target' : `target ${name}`;
    const refuse = (expected: string, got: string, remedy: string): never => {
      throw new InvalidModel(`${where}: expected ${expected} as ${called}, got ${got}; ${remedy}`);
    };
    if (one.shape.length === 1 && one.dataShape.length === 1 && count >= 2)
      refuse(
        'an axis of steps and one of what each step has',
        show(one.shape),
        `give it an axis of 1, as in normal(${count}, 1)`,
      );
    if (one.shape.length < 2 || count < 2)
      refuse(
        'a sequence of 2 or more steps',
        show(one.shape),
        'write normal(24, 1) for 24 numbers, or at: [24] for classes',
      );
    if (one.shape[0] !== count)
      refuse(`${count} steps`, `${one.shape[0]}`, 'give all targets the same number of steps');
    const shared = Object.entries(one.parameters).find(([, shape]) => shape[0] !== count);
    if (shared)
      refuse(
        'a likelihood whose steps are independent',
        `${shared[0]} ${show(shared[1])} for all of them`,
        "write per: 'place'",
      );
    if (one.joint) refuse('a likelihood whose steps are independent', "per: 'example'", 'leave per out');
    const { draws } = distributionOf(one);
    const isOwn = one.distribution === 'custom';
    if (isOwn && !one.draws)
      refuse(
        'a likelihood that can be drawn, since each step is drawn and given to the next',
        `${one.named ?? 'one'} without draw`,
        'give distribution a draw, a function of the parameters and noise',
      );
    // What is drawn with what is learned of all data is not drawn step by step.
    if (!isOwn && (typeof draws === 'function' || one.draws || one.learns))
      refuse(
        'a likelihood of the library that can be drawn, since each step is drawn and given to the next',
        one.named ?? one.distribution,
        'choose one such as normal or categorical',
      );
    if (one.auxiliary) refuse('a target of one scale', 'multiScale', 'leave multiScale out');
  }
  const ends = all.filter(([, { end }]) => end !== undefined).map(([name]) => name);
  if (ends.length > 1)
    throw new InvalidModel(`${where}: expected one target with an end, got ${ends.join(' and ')}; leave one end out`);
  return count;
};
