import { withoutUnused } from '../graph/bodies.ts';
import type { Body } from '../graph/node.ts';
import type { Shape } from '../shape/shape.ts';
import { hasMask, maskName } from '../values/mask-name.ts';
import { strict } from './network.ts';
import { type Target } from './target.ts';
import type { Tensor } from './tensor.ts';

/** Returns a target as `y`, or each of several by its name. */
export const namedTargets = (target: Target): Readonly<Record<string, Target>> => target.targets ?? { y: target };

/** Returns those of the targets that have a mask, by the names of their masks: `mask`, or `rain_mask` of one of several. */
export const masked = (target: Target): Readonly<Record<string, Target>> =>
  Object.fromEntries(
    Object.entries(namedTargets(target)).flatMap(([name, one]) => (hasMask(one) ? [[maskName(name), one]] : [])),
  );

const shapesOf = (
  targets: Readonly<Record<string, Target>>,
  of: (target: Target) => Shape = ({ shape }) => shape,
): Readonly<Record<string, Shape>> =>
  Object.fromEntries(Object.entries(targets).map(([name, target]) => [name, of(target)]));

/** Returns the shapes of a target: of `y`, or of each of several. */
export const targetShapes = (target: Target): Readonly<Record<string, Shape>> => shapesOf(namedTargets(target));

/** Returns the shapes of what a recognition network sees of a target: of `y` and `mask`, or of each of several and its mask. */
export const seenShapes = (target: Target): Readonly<Record<string, Shape>> => ({
  ...shapesOf(namedTargets(target), ({ shape, seenShape = shape }) => seenShape),
  ...shapesOf(masked(target)),
});

/** Returns a recognition network without the masks that it does not read. */
export const withoutUnusedMasks = (body: Body, target: Target): Body =>
  Object.keys(masked(target)).reduce(withoutUnused, body);

/**
 * Returns what the function that defines a recognition network is given: those of several targets are in `y`, and their masks in
 * `mask`, by the targets' names.
 *
 * @throws InvalidModel if it asks for something else.
 */
export const givenTo = (
  name: string,
  given: Readonly<Record<string, Tensor>>,
  target: Target,
): Readonly<Record<string, unknown>> => {
  const { targets } = target;
  if (!targets) return strict(name, given, UNMASKED);
  const own = (what: string, nameOf: (target: string) => string) =>
    strict(
      `${name}, ${what}`,
      Object.fromEntries(
        Object.keys(targets).flatMap((one) => {
          const x = given[nameOf(one)];
          return x ? [[one, x]] : [];
        }),
      ),
    );
  const masks = Object.keys(masked(target));
  const others = Object.entries(given).filter(([key]) => !Object.hasOwn(targets, key) && !masks.includes(key));
  const mask = masks.length > 0 && { mask: own('mask', maskName) };
  return strict(name, { y: own('y', (one) => one), ...mask, ...Object.fromEntries(others) }, UNMASKED);
};

const UNMASKED = { mask: 'give the target mask: true, or leave it out' };
