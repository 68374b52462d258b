import { describe, expect, test } from 'vitest';
import { DATA } from './data.ts';
import { DEFINITIONS } from './definitions.ts';
import { LAYERS } from './layers.ts';
import type { Refused } from './loose.ts';
import { TRAINING } from './training.ts';

const families: Readonly<Record<string, Readonly<Record<string, readonly Refused[]>>>> = {
  layers: LAYERS,
  definitions: DEFINITIONS,
  training: TRAINING,
  data: DATA,
};

/** What a function throws, or what its promise is rejected with. */
const thrown = async (read: () => unknown): Promise<string> => {
  try {
    await read();
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
  return 'nothing';
};

// As a user of JavaScript writes it, without types. All of it is refused when it is read, in one sentence.
describe.each(Object.entries(families))('of %s', (_, functions) => {
  describe.each(Object.entries(functions))('%s refuses', (_, cases) => {
    test.each(cases)('%s', async (_, read, sentence) => {
      const found = await thrown(read);
      expect(found.replace(/^(InvalidModel|ShapeMismatch|InvalidData): /, '')).toBe(sentence);
      expect(found).toMatch(
        /^(InvalidModel|ShapeMismatch|InvalidData): [^\n]+: expected [^\n]+, got [^\n]+[;] [^\n]+$/,
      );
    });
  });
});

test('each public function has cases, and there are many', () => {
  const all = Object.values(families).flatMap((functions) => Object.values(functions).flat());
  expect(all.length).toBeGreaterThan(400);
});
