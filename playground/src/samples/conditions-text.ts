import type { Manifest } from '../../../src/signature.ts';
import { variableText } from '../../../src/values/element-names.ts';
import { classesOf, rounded, conditionsOf, type Values } from '../condition/values.ts';

/** Conditions in words: `digit 7, day 180`. */
export const conditionsText = (manifest: Manifest, values: Values): string =>
  conditionsOf(manifest)
    .filter(([name]) => values[name]?.kind !== 'missing')
    .map(([variable, condition]) => {
      const value = values[variable];
      const name = variableText(variable, condition);
      const names = classesOf(condition);
      switch (value?.kind) {
        case 'class':
          return `${name} ${names[value.index] ?? value.index}`;
        case 'all':
          return `every ${name}`;
        case 'classes':
          return `${name} ${value.indices.map((index) => names[index] ?? index).join(' ')}`;
        case 'numbers':
          return `${name} ${value.numbers.map(rounded).join(' ')}`;
        default:
          return `${name} as drawn`;
      }
    })
    .join(', ');
