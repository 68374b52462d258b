import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { compile } from '../../src/export/compile.ts';
import { withPackage } from '../../src/export/package/packaging.ts';
import { write } from '../../src/export/write.ts';
import { open } from '../../src/runtime/node.ts';
import { trainedWeights } from '../compiler/weights.ts';
import { sketches, words } from '../steps/models.ts';
import { evaluate } from './support/evaluate.ts';
import { mapped } from './support/site.ts';
import { browsing } from './support/visit.ts';
import { IS_LONG } from '../support/chosen.ts';

const { root, visit } = browsing([]);

/** What a model writes of one seed, and its most probable words. */
const WRITE = `
  const { seed, z, data, shape } = await m.sample({ topic: [0, 2] }, { count: 70, seed: 5, draw: true });
  const greedy = await m.decode([0.3, -1], { topic: 1 });
  const test = await m.selfTest();
  await m.close();
  return { seed, z: [...z.data], data: [...data], shape, greedy: [...greedy.data], passed: test.passed };`;

interface Written {
  readonly z: readonly number[];
  readonly data: readonly number[];
  readonly shape: readonly number[];
  readonly greedy: readonly number[];
  readonly passed: boolean;
}

it('words are the same in Node, in a page and in a package, letter by letter', async () => {
  const out = join(root(), 'words');
  const compiled = compile(words, trainedWeights(words), { name: 'words' });
  const about = { out, run: undefined, license: 'MIT' };
  await write(out, await withPackage(compiled, words, about), async () => undefined);
  const model = await open(out);
  const { data, shape, z } = await model.sample({ topic: [0, 2] }, { count: 70, seed: 5, draw: true });
  const greedy = await model.decode([0.3, -1], { topic: 1 });
  await model.close();
  expect(shape).toEqual([140, 5]);
  // Words of many lengths, all of which are drawn in one call.
  expect(new Set(Array.from({ length: 140 }, (_, i) => data.subarray(5 * i, 5 * i + 5).indexOf(3))).size).toBe(6);

  const { page } = await visit(mapped(root()));
  const found = [
    await evaluate<Written>(page, `const m = await runtime.open('/models/words');${WRITE}`),
    await evaluate<Written>(page, `const m = await (await import('/models/words/index.js')).open();${WRITE}`),
  ];
  for (const one of found) {
    expect(one.passed).toBe(true);
    expect([one.shape, one.data]).toEqual([shape, [...data]]);
    for (const [i, value] of z.data.entries()) expect(one.z[i]).toBeCloseTo(value, 5);
    for (const [i, value] of greedy.data.entries()) expect(one.greedy[i]).toBeCloseTo(value, 5);
  }
  expect(await readFile(join(out, 'README.md'), 'utf8')).toContain('`start.onnx` once, and then `step.onnx` 5 times');
});

it.runIf(IS_LONG)('sketches of two targets are the same in a page, stroke by stroke, and end together', async () => {
  const out = join(root(), 'sketches');
  await write(out, compile(sketches, trainedWeights(sketches), { name: 'sketches' }), async () => undefined);
  const model = await open<typeof sketches>(out);
  const { offset, pen } = await model.sample({ speed: 1 }, { count: 30, seed: 2, draw: true });
  await model.close();
  const { page } = await visit(mapped(root()));
  const found = await evaluate<{ readonly offset: readonly number[]; readonly pen: readonly number[] }>(
    page,
    `const m = await runtime.open('/models/sketches');
     const { offset, pen } = await m.sample({ speed: 1 }, { count: 30, seed: 2, draw: true });
     await m.close();
     return { offset: [...offset.data], pen: [...pen.data] };`,
  );
  expect(found.pen).toEqual([...pen.data]);
  expect(new Set(found.pen)).toContain(2);
  for (const [i, value] of offset.data.entries()) expect(found.offset[i]).toBeCloseTo(value, 4);
});
