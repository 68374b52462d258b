import { expect, test } from 'vitest';
import { called } from '../../src/making/text.ts';

test('a call that is too long for its line is indented as the line is, whatever stands in front of it', () => {
  const args = Array.from({ length: 20 }, (_, i) => `'class ${i}'`);
  const lines = called('categorical', args, 4, 'country_of_delivery: '.length).split('\n');
  expect(lines[0]).toBe('categorical(');
  expect(lines.slice(1, -1).every((line) => /^ {6}'/.test(line) && line.length <= 110)).toBe(true);
  expect(lines.at(-1)).toBe('    )');
  // It fits the line alone, but not behind this.
  expect(called('categorical', args.slice(0, 7), 4, 10)).not.toContain('\n');
  expect(called('categorical', args.slice(0, 7), 4, 30)).toContain('\n');
});
