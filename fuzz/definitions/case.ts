import { Choices, drawn, uniformly } from '../choices.ts';
import type { Trial } from './try.ts';
import { write, type Written } from './write.ts';

/** A definition to try, and with what numbers. */
export interface Case extends Written, Trial {
  readonly tfjs: 'tfjs-node' | 'tfjs-cpu';
}

/** More numbers than any case looks at. */
const LENGTH = 600;

export const choicesOf = (seed: number, at: number): readonly number[] => drawn(LENGTH, seed, 'definition', at);

/** The case of a list of choices. */
export const caseOf = (list: readonly number[]): Case & { readonly used: number } => {
  const choices = new Choices(list);
  const weighing = choices.of(['trained', 'trained', 'trained', 'sparse', 'uneven'] as const);
  const tfjs = choices.of(['tfjs-node', 'tfjs-node', 'tfjs-cpu'] as const);
  const seed = choices.below(10_000);
  const exporting = choices.once(4);
  const written = write(choices);
  return { ...written, weighing, tfjs, seed, exporting, random: uniformly(seed, 'rounding'), used: choices.used };
};

/** A case as the text of a definition that says what it is tried with. */
export const textOf = ({ text, seed, weighing, tfjs, exporting }: Case): string =>
  `// npm run fuzz -- --definition THIS_FILE\n// ${JSON.stringify({ seed, weighing, tfjs, exporting })}\n${text}`;

/** The case of such a text; of any other definition, one with usual numbers. */
export const caseOfText = (text: string): Case => {
  const [, told = '{}'] = /^\/\/ (\{.*\})$/m.exec(text) ?? [];
  const { seed = 1, weighing = 'trained', tfjs = 'tfjs-node', exporting = true } = JSON.parse(told);
  return { text, claimed: text, seed, weighing, tfjs, exporting, random: uniformly(seed, 'rounding') };
};
