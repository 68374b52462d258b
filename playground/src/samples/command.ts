import type { Manifest } from '../../../src/signature.ts';
import { classesOf, exact, conditionsOf, type Values } from '../condition/values.ts';
import type { Settings } from '../session/settings.ts';

/** The command that, run in the exported folder, gives the same pictures. An image is a file next to it, named as the condition. */
export const commandOf = (manifest: Manifest, values: Values, settings: Settings, columns: number): string => {
  const { kind } = manifest;
  const given = conditionsOf(manifest).filter(([name]) => values[name]?.kind !== 'missing');
  const sets = given.map(([name, condition]) => {
    const value = values[name];
    const names = classesOf(condition);
    switch (value?.kind) {
      case 'class':
        return `${name}=${names[value.index] ?? value.index}`;
      case 'all':
        return `${name}=all`;
      case 'classes':
        return `${name}=${value.indices.map((index) => names[index] ?? index).join(',')}`;
      case 'numbers':
        return `${name}=${value.numbers.map(exact).join(',')}`;
      default:
        return `${name}=${name}.png`;
    }
  });
  const { seed, count, temperature, draw } = settings;
  const options =
    kind === 'predictor'
      ? []
      : [
          `--count ${count}`,
          `--seed ${seed}`,
          ...(temperature === 1 ? [] : [`--temperature ${temperature}`]),
          ...(draw ? ['--draw'] : []),
        ];
  const words = ['npx cvae-compile sample .', ...sets.map((set) => `--set ${quoted(set)}`), ...options];
  return [...words, ...(columns > 0 ? [`--columns ${columns}`, '--out samples.png'] : [])].join(' ');
};

/** A word, quoted for a shell if necessary. */
const quoted = (word: string): string => (/^[\w=.,+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);
