import type { Parts } from '../distributions/data/parts.ts';
import { distributionOf } from '../distributions/data/table.ts';
import type { Condition, Signature, TargetSignature } from '../signature.ts';
import { own } from '../values/own.ts';
import { classCountOf, isByIndex } from '../values/class-count.ts';
import type { Variable, Variables } from './variable.ts';

/** Returns the variables of an exported model, as data must have them: the conditions, and the target as `y` or each of several. */
export const variablesOfSignature = ({ conditions, target, steps }: Signature): Variables => ({
  ...Object.fromEntries(
    Object.entries(conditions).map(([name, condition]) => [
      name,
      // The mask of what is known is of the same target.
      conditionOf(condition, own(conditions, condition.maskOf ?? '')?.knownOf),
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(target.targets ?? { y: target }).map(([name, one]) => [name, targetOf(one, steps !== undefined)]),
  ),
});

const conditionOf = (condition: Condition, knownOf?: string): Variable => {
  const { kind, shape, dataShape, classes, mask, maskOf } = condition;
  const target = condition.knownOf ?? knownOf;
  const byIndex = isByIndex(condition);
  return {
    kind,
    shape: byIndex ? [...dataShape, classCountOf(condition)] : shape,
    dataShape,
    ...(byIndex && { indices: true }),
    ...(classes !== undefined && { classes }),
    ...(mask !== undefined && { mask }),
    ...(maskOf !== undefined && { maskOf }),
    ...(target !== undefined && { knownOf: { target, parts: NONE } }),
  };
};

/** Data for a model that is trained say which elements of a target there are, and none of these is given to the model unasked. */
const NONE: Parts = {
  kind: 'parts',
  text: 'none',
  draw: (shapes) =>
    Object.fromEntries(Object.entries(shapes).map(([name, { length }]) => [name, new Uint8Array(length)])),
};

const targetOf = (target: TargetSignature, inSteps: boolean): Variable => {
  const { distribution, shape, dataShape, classes, settings, values, of, image, mask, end } = target;
  return {
    kind: distributionOf(target).values === 'classes' ? 'categorical' : 'continuous',
    shape,
    dataShape,
    distribution,
    inSteps,
    ...(classes !== undefined && { classes }),
    ...(settings && { settings }),
    ...(values && { values }),
    ...(of && { of }),
    ...(image && { image }),
    ...(mask !== undefined && { mask }),
    ...(end !== undefined && { end }),
  };
};

/**
 * Returns the columns of a table that variables were made of, by the names of their elements, if they are called otherwise. What is known
 * of a target is called as the target is, whose columns are its own.
 */
export const columnsOfSignature = ({ conditions, target }: Signature): Readonly<Record<string, readonly string[]>> => {
  const given = Object.entries(conditions).filter(([, { knownOf, maskOf }]) => !knownOf && maskOf === undefined);
  return Object.fromEntries(
    [...given, ...Object.entries(target.targets ?? { y: target })].flatMap(([name, { names }]) =>
      names && (names.length > 1 || names[0] !== name) ? [[name, names] as const] : [],
    ),
  );
};
