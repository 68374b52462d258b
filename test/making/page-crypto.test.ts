import { createHash as native } from 'node:crypto';
import { expect, it } from 'vitest';
import { createHash } from '../../playground/node/crypto.ts';

it('hashes as Node does, whatever the length and the pieces', () => {
  for (let length = 0; length < 200; length++) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 37 + length) % 256);
    const [own, nodes] = [createHash('sha256'), native('sha256')];
    for (const piece of [bytes, 'Köln', bytes.subarray(0, length >> 1)]) {
      own.update(piece);
      nodes.update(piece);
    }
    expect(own.digest('hex')).toBe(nodes.digest('hex'));
  }
  const large = new Uint8Array(3_000_001).fill(7);
  expect(createHash('sha256').update(large).digest('hex')).toBe(native('sha256').update(large).digest('hex'));
});
