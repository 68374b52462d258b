import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { categorical, continuous } from 'cvae-compile';
import { arrow, toDataset } from 'cvae-compile/data';
import { unpackLz4 } from '../../src/data/table/lz4.ts';

/** A frame of these blocks, without checksums; its flags say that blocks may refer to those before. */
const frame = (...blocks: readonly (readonly number[])[]): Uint8Array =>
  Uint8Array.from(
    [
      [0x04, 0x22, 0x4d, 0x18, 0x40, 0x40, 0],
      ...blocks.map((block) => [block.length % 256, Math.floor(block.length / 256), 0, 0, ...block]),
      [0, 0, 0, 0],
    ].flat(),
  );
const codes = (text: string): number[] => [...new TextEncoder().encode(text)];
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

it('unpacks literals, matches that overlap what they write, and matches in the block before', () => {
  const first = [0x31, ...codes('abc'), 3, 0, 0x20, ...codes('de')]; // abc, 5 from 3 before, de
  expect(text(unpackLz4(frame(first)))).toBe('abcabcabde');
  const second = [0x02, 10, 0, 0x10, ...codes('!')]; // 6 from 10 before: the beginning of the first block
  expect(text(unpackLz4(frame(first, second)))).toBe('abcabcabdeabcabc!');
});

it('counts lengths of 15 and more in further bytes', () => {
  const literals = 'x'.repeat(15 + 255 + 7);
  expect(text(unpackLz4(frame([0xf0, 255, 7, ...codes(literals)])))).toBe(literals);
});

it.each([
  ['other bytes', Uint8Array.of(1, 2, 3, 4, 5, 6, 7), 'another beginning'],
  ['half a frame', frame([0x30, ...codes('abc')]).slice(0, 12), 'it ends too early'],
  [
    'a match before the beginning',
    frame([0x11, ...codes('a'), 9, 0, 0x10, ...codes('b')]),
    'a match before its beginning',
  ],
  ['too few literals', frame([0x90, ...codes('abc')]), 'a block ends too early'],
])('refuses %s', (_, bytes, why) => {
  expect(() => unpackLz4(bytes)).toThrow(`arrow: expected LZ4 frames, got other bytes (${why}); write the file again`);
});

it('reads a Feather file as pyarrow 26 writes it by default', async () => {
  const path = fileURLToPath(new URL('support/lz4.feather', import.meta.url));
  const variables = {
    station: categorical('Ulm', 'Köln', 'Bonn'),
    y: continuous(2),
  };
  const { train } = await toDataset(arrow(path, { columns: { y: ['rain', 'nr'] } }), variables);
  expect(train.count).toBe(300);
  expect([...(train.columns['y']?.data.slice(0, 6) ?? [])]).toEqual([0, 0, 919 / 8, 1, 838 / 8, 2]);
  expect([...(train.columns['station']?.data.slice(0, 4) ?? [])]).toEqual([0, 1, 1, 0]);
});
