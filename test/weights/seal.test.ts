import { describe, expect, it } from 'vitest';
import { InvalidFile } from '../../src/errors.ts';
import { decodeSafetensors, encodeSafetensors } from '../../src/weights/safetensors.ts';
import { decodeSealed, encodeSealed } from '../../src/weights/seal.ts';

const weights = new Map([
  ['a', { shape: [2, 2], data: Float32Array.of(1, -2, 0.5, 3) }],
  ['b', { shape: [1], data: Float32Array.of(7) }],
]);
const metadata = { fingerprint: 'abc', seed: '1' };
const sealed = encodeSealed(weights, metadata);

describe('a sealed file', () => {
  it('is read back as it was given, also by readers that know nothing of seals', () => {
    expect(decodeSealed(sealed, 'w')).toEqual({ weights, metadata });
    expect(decodeSafetensors(sealed, 'w').weights).toEqual(weights);
    expect(encodeSealed(weights, metadata)).toEqual(sealed);
    // From a longer buffer, as Node reads small files.
    const longer = new Uint8Array(sealed.length + 16);
    longer.set(sealed, 8);
    expect(decodeSealed(longer.subarray(8, 8 + sealed.length), 'w')).toEqual({ weights, metadata });
  });

  it('does not pass with any bit of it flipped', () => {
    for (let at = 0; at < sealed.length; at++)
      for (let bit = 0; bit < 8; bit++) {
        const flipped = sealed.slice();
        flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
        expect(() => decodeSealed(flipped, 'w'), `byte ${at}, bit ${bit}`).toThrow(InvalidFile);
      }
  });

  it('explains seals if another program has changed it', () => {
    const { metadata: all } = decodeSafetensors(sealed, 'w');
    const changed = encodeSafetensors(new Map([...weights, ['b', { shape: [1], data: Float32Array.of(8) }]]), all);
    expect(() => decodeSealed(changed, 'run/w.safetensors')).toThrow(
      /^run\/w\.safetensors: expected the bytes that were written, got changed ones; copy the file again, or train again \(another program that means to change it leaves cvae\.sealed and cvae\.sha256 out of its metadata\)$/,
    );
  });
});

it('opens files without a seal, of earlier versions and other programs', () => {
  expect(decodeSealed(encodeSafetensors(weights, metadata), 'w')).toEqual({ weights, metadata });
  expect(decodeSealed(encodeSafetensors(weights), 'w')).toEqual({ weights, metadata: {} });
});
