import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { afterAll, describe, expect, it } from 'vitest';
import { bernoulli, categorical, concat, cvae, dense, gaussian, normal, reshape } from 'cvae-compile';
import { npy, npz, toDataset } from 'cvae-compile/data';
import { train } from 'cvae-compile/train';
import { decodeNpy } from '../../src/data/npy-array.ts';
import { variablesOf } from '../../src/train/parameters.ts';

const folder = mkdtempSync(join(tmpdir(), 'numpy-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Writes an array as `numpy.save` does: version 1.0, the header padded to 64 bytes. */
const npyBytes = (descr: string, shape: readonly number[], body: ArrayBufferView, fortran = false): Uint8Array => {
  const axes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${descr}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': (${axes}), }`;
  const padded = `${text.padEnd(64 * Math.ceil((10 + text.length + 1) / 64) - 11)}\n`;
  const head = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, padded.length & 255, padded.length >> 8]);
  return Buffer.concat([head, Buffer.from(padded), new Uint8Array(body.buffer, body.byteOffset, body.byteLength)]);
};
const file = (name: string, bytes: Uint8Array): string => {
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
};
/** Texts of `width` characters of four bytes. */
const unicode = (texts: readonly string[], width: number): Uint32Array =>
  Uint32Array.from(texts.flatMap((text) => Array.from({ length: width }, (_, i) => text.codePointAt(i) ?? 0)));

describe('an array of NumPy', () => {
  it.each([
    ['|u1', Uint8Array.of(0, 200, 255)],
    ['|i1', Int8Array.of(-128, 0, 127)],
    ['<u2', Uint16Array.of(0, 1, 65535)],
    ['<i2', Int16Array.of(-32768, 0, 5)],
    ['<u4', Uint32Array.of(0, 4294967295, 7)],
    ['<i4', Int32Array.of(-5, 0, 2147483647)],
    ['<f4', Float32Array.of(0.5, -1.25, NaN)],
    ['<f8', Float64Array.of(0.1, -1e300, Infinity)],
  ] as const)('of %s', (descr, values) => {
    expect(decodeNpy(npyBytes(descr, [3], values), 'a')).toEqual({ shape: [3], data: values });
    // The other order of bytes.
    const swapped = values.slice();
    const bytes = new Uint8Array(swapped.buffer);
    for (let at = 0; at < bytes.length; at += values.BYTES_PER_ELEMENT)
      bytes.subarray(at, at + values.BYTES_PER_ELEMENT).reverse();
    if (values.BYTES_PER_ELEMENT > 1)
      expect(decodeNpy(npyBytes(descr.replace('<', '>'), [3], swapped), 'a').data).toEqual(values);
  });

  it('of 64 bits, halves, truth values and texts', () => {
    expect([...decodeNpy(npyBytes('<i8', [2], BigInt64Array.of(-3n, 2n ** 40n)), 'a').data]).toEqual([-3, 2 ** 40]);
    expect([...decodeNpy(npyBytes('<f2', [2], Uint16Array.of(0x3e00, 0xc000)), 'a').data]).toEqual([1.5, -2]);
    expect([...decodeNpy(npyBytes('|b1', [2], Uint8Array.of(1, 0)), 'a').data]).toEqual([1, 0]);
    expect(decodeNpy(npyBytes('<U3', [2], unicode(['cat', '✓'], 3)), 'a').data).toEqual(['cat', '✓']);
    expect(decodeNpy(npyBytes('|S3', [2], Buffer.from('catox\0')), 'a').data).toEqual(['cat', 'ox']);
  });

  it('whose first axis is the fastest', () => {
    const columns = Float32Array.of(1, 4, 2, 5, 3, 6);
    expect([...decodeNpy(npyBytes('<f4', [2, 3], columns, true), 'a').data]).toEqual([1, 2, 3, 4, 5, 6]);
    const cube = Float32Array.from({ length: 24 }, (_, i) => i);
    const { data } = decodeNpy(npyBytes('<f4', [2, 3, 4], cube, true), 'a');
    expect(data[0 * 12 + 2 * 4 + 3]).toBe(cube[0 + 2 * 2 + 3 * 6]);
  });

  it('is refused in words where it is another', () => {
    const refused = (bytes: Uint8Array, message: RegExp | string) =>
      expect(() => decodeNpy(bytes, 'a.npy')).toThrow(message);
    refused(Buffer.from('PK'), 'a.npy: expected an array that numpy.save has written, got other bytes; save it again');
    refused(npyBytes('<f4', [3], Float32Array.of(1)), /got \[3\] in 4 bytes in place of 12/);
    refused(npyBytes('<c8', [1], Float32Array.of(1, 2)), /got the type c8; convert it with astype/);
    refused(npyBytes('|O', [1], Uint8Array.of(1)), /got an array of another form/);
  });
});

const model = cvae({
  condition: { label: categorical('cat', 'dog') },
  target: bernoulli(2, 2, 1),
  latent: 2,
  recognition: ({ label }) => label.pipe(gaussian(2)),
  decoder: ({ z, label }) => concat(z, label).pipe(dense(4), reshape(2, 2, 1)),
});
const variables = variablesOf(model);
const pixels = Uint8Array.from({ length: 40 }, (_, i) => (i * 13) % 256);
const names = Array.from({ length: 10 }, (_, i) => (i % 3 === 0 ? 'dog' : 'cat'));

describe('arrays as data', () => {
  const arrays = {
    'x.npy': npyBytes('|u1', [10, 2, 2], pixels),
    'y.npy': npyBytes('<U3', [10], unicode(names, 3)),
    'note.npy': npyBytes('<i8', [1], BigInt64Array.of(1n)),
  };
  it('are a file of several, packed or not', async () => {
    for (const level of [0, 6] as const) {
      const path = file(`some-${level}.npz`, zipSync(arrays, { level }));
      const { train: examples, unused } = await toDataset(npz(path, { columns: { y: 'x', label: 'y' } }), variables);
      expect(examples.columns['y']).toEqual({ shape: [2, 2, 1], data: pixels, scale: 1 / 255 });
      expect([...(examples.columns['label']?.data ?? [])]).toEqual(names.map((name) => (name === 'dog' ? 1 : 0)));
      expect(unused).toEqual(['note']);
    }
  });

  it('are in parts, by their names or drawn', async () => {
    const parts = { 'x_train.npy': arrays['x.npy'], 'y_train.npy': arrays['y.npy'] };
    const test = {
      'x_test.npy': npyBytes('|u1', [2, 2, 2], pixels.slice(0, 8)),
      'y_test.npy': npyBytes('<U3', [2], unicode(names.slice(0, 2), 3)),
    };
    const path = file('parts.npz', zipSync({ ...parts, ...test }));
    const found = await toDataset(npz(path, { columns: { y: 'x', label: 'y' }, validation: 0.2 }), variables);
    expect([found.train.count, found.validation?.count, found.test?.count]).toEqual([8, 2, 2]);
  });

  it('are a file each, and train', async () => {
    const data = npy({ y: file('x.npy', arrays['x.npy']), label: file('y.npy', arrays['y.npy']) }, { test: 0.2 });
    const dataset = await toDataset(data, variables);
    expect([dataset.train.count, dataset.test?.count]).toEqual([8, 2]);
    const { weights } = await train(model, data, { epochs: 1, seed: 1 });
    expect(weights.size).toBeGreaterThan(2);
  });

  it('are standardised as any other numbers', async () => {
    const wide = { y: { ...normal(1), distribution: 'normal' } } as const;
    const path = file('wide.npy', npyBytes('<f8', [4], Float64Array.of(1000, 1002, 1004, 1006)));
    expect((await toDataset(npy(path), wide)).scaling?.['y']?.mean).toEqual([1003]);
    expect((await toDataset(npy(path, { scaling: false }), wide)).scaling?.['y']?.mean).toEqual([0]);
  });

  it('are refused in words', async () => {
    const path = file('refused.npz', zipSync(arrays));
    await expect(toDataset(npz(path), variables)).rejects.toThrow(/expected an array label, got x, y, note/);
    await expect(toDataset(npz(path, { columns: { z: 'x' } }), variables)).rejects.toThrow(
      /npz: expected arrays of variables that the model has \(label, y\), got z/,
    );
    await expect(toDataset(npz(file('text.npz', Buffer.from('none'))), variables)).rejects.toThrow(
      /expected arrays that numpy.savez has written, got a file that cannot be read/,
    );
    await expect(toDataset(npy(join(folder, 'none.npy')), variables)).rejects.toThrow(/got no such file/);
  });
});
