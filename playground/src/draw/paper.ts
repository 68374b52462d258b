import { truthOf, type Specimen } from '../../../src/signature.ts';

/** What is under a drawing of a target, and behind what is transparent: 1, white, if that is the corner of most of its examples; else 0. */
export const paperOf = (examples: readonly Specimen[], name: string): number => {
  const isWhite = (one: Specimen): boolean => {
    const corner = truthOf(one, name).slice(0, 3);
    return corner.length > 0 && corner.every((value) => value > 0.95);
  };
  return examples.filter(isWhite).length * 2 > examples.length ? 1 : 0;
};
