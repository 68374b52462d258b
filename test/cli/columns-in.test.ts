import { expect, test } from 'vitest';
import { namesIn } from '../../src/cli/own-data/choice.ts';

test('names of columns are separated by commas, and may have some themselves', () => {
  const columns = ['a', 'b', 'income, net', 'net', 'x, y, z', 'x'].map((name) => ({ name }));
  expect(namesIn('a,income, net,b', columns)).toEqual(['a', 'income, net', 'b']);
  expect(namesIn('x, y, z, x,a', columns)).toEqual(['x, y, z', 'x', 'a']);
  expect(namesIn(' a , b,a,', columns)).toEqual(['a', 'b']);
  expect(namesIn('a,unknown', columns)).toEqual(['a', 'unknown']);
});
