import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { checkGraph } from '../../src/onnx/check.ts';
import { parseGraph } from '../../src/onnx/parse.ts';
import { print } from '../../src/onnx/print.ts';
import { OPSET } from '../../src/onnx/schema.ts';
import { PASSES } from '../../src/compiler/optimise.ts';
import { portable } from '../../src/compiler/portable.ts';
import { difference, drawn, feedsOf } from '../compiler/numbers.ts';

// Each fixture is `<pass>.<number>.txt`: what it shows in a comment, a graph in ONNX's text syntax, a line `---`, and what the
// pass makes of it, which `npm test -- test/passes -u` writes. Elements of a float initializer that does not matter are left out;
// they are then drawn.
const folder = fileURLToPath(new URL('.', import.meta.url));
const fixtures = readdirSync(folder).filter((file) => file.endsWith('.txt'));
/** The passes that shorten, and the one that comes after them. */
const passes = { ...PASSES, portable };

describe.each(Object.entries(passes))('%s', (name, pass) => {
  const own = fixtures.filter((file) => file.split('.')[0] === name);

  test('has fixtures', () => expect(own.length).toBeGreaterThan(0));

  test.each(own)('%s', async (file) => {
    const [input = ''] = readFileSync(`${folder}${file}`, 'utf8').split(/^---$/m);
    const before = parseGraph(input, { fill: drawn });
    checkGraph(before, OPSET);
    const after = pass(before, OPSET);

    // What it says, as the pass's own printer would write it.
    const fixture = `${input.trim()}\n---\n${print(after, { most: 16 }).trim()}\n`;
    await expect(fixture).toMatchFileSnapshot(`${folder}${file}`);
    // Nothing to do the second time.
    expect(pass(after, OPSET)).toBe(after);
    // A graph that can run, and gives the same numbers.
    checkGraph(after, OPSET);
    for (const batch of [1, 3]) {
      const feeds = feedsOf(before, batch);
      expect(difference(after, before, feeds)).toBeLessThan(1e-5);
    }
  });
});

test('every fixture is of a pass', () => {
  expect(fixtures.filter((file) => !Object.hasOwn(passes, file.split('.')[0] ?? ''))).toEqual([]);
});
