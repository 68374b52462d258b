import { join } from 'node:path';
import { expect, it } from 'vitest';
import { open } from '../../src/runtime/node.ts';
import { evaluate } from './support/evaluate.ts';
import { mapped } from './support/site.ts';
import { browsing } from './support/visit.ts';
import { chosen, IS_LONG } from '../support/chosen.ts';

const { root, visit } = browsing(['completion', 'digits']);

/** Draws half a grey square on a canvas of 28 × 28 on white, and has its ImageData as `image`. */
const DRAWN = `
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 28;
  const context = canvas.getContext('2d');
  context.fillStyle = '#ffffff'; context.fillRect(0, 0, 28, 28);
  context.fillStyle = '#336699'; context.fillRect(4, 4, 10, 20);
  const image = context.getImageData(0, 0, 28, 28);
  const grey = Array.from({ length: 784 }, (_, i) =>
    Math.round(0.299 * image.data[4 * i] + 0.587 * image.data[4 * i + 1] + 0.114 * image.data[4 * i + 2]) / 255);`;

it.each(chosen('where a canvas is read', [true, false], 1))(
  'a canvas is an image by its ImageData, and four by nothing else (worker: %s)',
  async (worker) => {
    const { page } = await visit(mapped(root()));
    const found = await evaluate<{ same: boolean; width: number; refused: string[] }>(
      page,
      `${DRAWN}
     const m = await runtime.open('/models/completion', { worker: ${worker} });
     const ask = (x) => m.sample({ x }, { count: 1, seed: 1 }).then((s) => Array.from(s.data));
     const [a, b] = [await ask(image), await ask(grey)];
     const refused = [];
     for (const x of [image.data, new Uint8Array(image.data), Array.from(image.data, (v) => v / 255), canvas, [image.data, image],
                      context.getImageData(0, 0, 14, 56), grey.map((v) => 2 * v - 1)])
       await m.sample({ x }).catch((error) => refused.push(error.name + ' ' + error.message));
     const several = await m.sample({ x: [image, grey] }, { count: 1, seed: 1 });
     await m.close();
     return { same: a.join() === b.join() && several.data.slice(784).join() === a.join(), width: a.length, refused };`,
    );
    expect([found.same, found.width]).toEqual([true, 784]);
    expect(found.refused).toEqual([
      expect.stringMatching(/^InvalidData x: expected pixels of \[28, 28, 1\], got an array of 3136, 4 times as many; pass the pixels of a canvas/), // prettier-ignore
      expect.stringMatching(/4 times as many/),
      expect.stringMatching(/4 times as many/),
      expect.stringMatching(/^InvalidData x: expected pixels of \[28, 28, 1\], got an HTMLCanvasElement; give an array of 784 numbers, or an ImageData$/), // prettier-ignore
      expect.stringMatching(/4 times as many/),
      expect.stringMatching(/got an image of \[56, 14, 4\]; give an image of this size$/),
      expect.stringMatching(/^InvalidData x: expected pixels from 0 to 1, got -\d/),
    ]);
  },
);

it.runIf(IS_LONG)('values of an iframe mean what they mean in the page', async () => {
  const { page } = await visit(mapped(root()));
  const found = await evaluate<{ blend: number[]; shapes: number[][]; refused: string }>(
    page,
    `const frame = document.createElement('iframe');
     document.body.append(frame);
     const other = frame.contentWindow;
     const m = await runtime.open('/models/digits');
     const of = (Kind, ...numbers) => m.mean({ digit: Kind.from(numbers) });
     const blend = [0.5, 0, 0, 0.5, 0, 0, 0, 0, 0, 0];
     const results = [await of(Float32Array, ...blend), await of(other.Float32Array, ...blend),
                      await of(Int32Array, 3, 4), await of(other.Int32Array, 3, 4), await of(other.Array, 3, 4)];
     const same = results[0].data.every((v, i) => v === results[1].data[i]);
     const refused = await m.sample().catch((error) => error.name + ' ' + error.message);
     await m.close();
     return { blend: [same ? 1 : 0], shapes: results.map((r) => r.shape), refused };`,
  );
  expect(found.blend).toEqual([1]);
  expect(found.shapes).toEqual([
    [1, 784],
    [1, 784],
    [2, 784],
    [2, 784],
    [2, 784],
  ]);
  expect(found.refused).toBe(
    'InvalidData conditions: expected an object with a value for each condition, got undefined; give { digit }',
  );
});

it('changing a value after a call does not affect the call', async () => {
  const { page } = await visit(mapped(root()));
  const found = await evaluate<number[]>(
    page,
    `${DRAWN}
     const m = await runtime.open('/models/completion');
     const first = m.sample({ x: image }, { seed: 1 });
     image.data.fill(0);
     const again = await m.sample({ x: grey }, { seed: 1 });
     const same = (await first).data.every((v, i) => v === again.data[i]);
     await m.close();
     return [same ? 1 : 0, again.data[400]];`,
  );
  const model = await open(join(root(), 'completion'));
  const x = Float32Array.from({ length: 784 }, (_, i) => {
    const [row, column] = [Math.floor(i / 28), i % 28];
    const inside = column >= 4 && column < 14 && row >= 4 && row < 24;
    return inside ? Math.round(0.299 * 0x33 + 0.587 * 0x66 + 0.114 * 0x99) / 255 : 1;
  });
  const { data } = await model.sample({ x }, { seed: 1 });
  await model.close();
  expect(found[0]).toBe(1);
  expect(Math.abs((found[1] ?? NaN) - (data[400] ?? NaN))).toBeLessThan(1e-5);
});
