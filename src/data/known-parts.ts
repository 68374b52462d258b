import type { PartShapes } from '../distributions/data/parts.ts';
import { size } from '../shape/size.ts';
import { maskName } from '../values/mask-name.ts';
import { own } from '../values/own.ts';
import type { Examples, Transform } from './dataset.ts';
import type { Variables } from './variable.ts';

/** Returns the variables that data give: all but those that follow from a target of which parts are known. */
export const givenByData = (variables: Variables): Variables =>
  Object.fromEntries(Object.entries(variables).filter(([, { knownOf }]) => !knownOf));

/** Returns the names of the targets of which parts are known, by those of the conditions that say what is. */
export const knownTargets = (variables: Variables): ReadonlyMap<string, string> =>
  new Map(
    Object.entries(variables).flatMap(([name, { knownOf, maskOf }]) =>
      knownOf && maskOf === undefined ? [[name, knownOf.target] as const] : [],
    ),
  );

/**
 * Returns examples with what is known of their targets: columns that are the targets' own, of which a part that is drawn for each example
 * and epoch is kept when a batch is made, after all transforms. What is known does not count in the target's mask, and what is missing
 * is not known.
 */
export const withKnownParts = (examples: Examples, variables: Variables): Examples => {
  const known = knownTargets(variables);
  if (known.size === 0) return examples;
  const columns = [...known].flatMap(([name, target]) => {
    const [column, mask] = [own(examples.columns, target), own(examples.columns, maskName(target))];
    return column && mask ? Object.entries({ [name]: column, [maskName(name)]: mask }) : [];
  });
  return {
    ...examples,
    columns: { ...examples.columns, ...Object.fromEntries(columns) },
    parts: drawing(known, variables),
  };
};

const drawing = (known: ReadonlyMap<string, string>, variables: Variables): Transform => {
  const shapes: PartShapes = Object.fromEntries(
    [...known.values()].flatMap((target) => {
      const variable = own(variables, target);
      if (!variable) return [];
      const { dataShape, image } = variable;
      return [[target, { length: size(dataShape), dataShape, ...(image && { image }) }]];
    }),
  );
  // One rule for all targets.
  const rule = Object.values(variables).find(({ knownOf }) => knownOf)?.knownOf?.parts;
  return (example, at) => {
    const drawn = rule?.draw(shapes, at);
    for (const [name, target] of known) {
      const [kept, y, mask, counted] = [
        example[name],
        example[target],
        example[maskName(name)],
        example[maskName(target)],
      ];
      const chosen = drawn?.[target];
      if (!kept || !y || !mask || !counted || !chosen) continue;
      // Weights of classes are several numbers for each element.
      const each = kept.length / mask.length;
      for (const [i, isKnown] of chosen.entries()) {
        // What is missing counts neither here nor there.
        mask[i] = (counted[i] ?? 0) * isKnown;
        counted[i] = (counted[i] ?? 0) * (1 - isKnown);
        for (let k = i * each; k < (i + 1) * each; k++) kept[k] = mask[i] === 0 ? 0 : (y[k] ?? 0);
      }
    }
  };
};
