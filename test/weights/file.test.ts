import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InvalidFile, WeightsMismatch } from '../../src/errors.ts';
import { writeWhole } from '../../src/files/whole.ts';
import { loadWeights, saveWeights } from '../../src/weights/file.ts';

const weights = new Map([['decoder/bias', { shape: [2], data: Float32Array.of(1, 2) }]]);
const params = [{ name: 'decoder/bias', shape: [2] }];
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cvae-weights-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('a file of weights', () => {
  it('is written with its folder and read back, by its name or by that of the folder', async () => {
    const run = join(folder, 'runs', 'one');
    await saveWeights(join(run, 'weights.safetensors'), weights, { fingerprint: 'f' });
    expect(await readdir(run)).toEqual(['weights.safetensors']);
    for (const path of [run, join(run, 'weights.safetensors')]) {
      const read = await loadWeights(path, { params, fingerprint: 'f' });
      expect(read).toEqual({ weights, metadata: { fingerprint: 'f' } });
    }
  });

  it('replaces an earlier one whole', async () => {
    const path = join(folder, 'w.safetensors');
    await writeFile(path, 'x'.repeat(10_000));
    await saveWeights(path, weights);
    expect((await loadWeights(path)).weights).toEqual(weights);
  });

  it('of another model is refused', async () => {
    const path = join(folder, 'other.safetensors');
    await saveWeights(path, weights, { fingerprint: 'theirs' });
    await expect(loadWeights(path, { params: [{ name: 'decoder/bias', shape: [3] }] })).rejects.toThrow(
      /other\.safetensors: expected the 1 parameter of this model.*decoder\/bias has shape \[2\] instead of \[3\]/,
    );
    await expect(loadWeights(path, { params, fingerprint: 'mine' })).rejects.toThrow(WeightsMismatch);
  });

  it('that is not there, or truncated, is refused by name', async () => {
    await expect(loadWeights(join(folder, 'none'))).rejects.toThrow(
      new InvalidFile(
        `${join(folder, 'none')}: expected weights, got no such file; give the folder of a run or its weights`,
      ),
    );
    const path = join(folder, 'cut.safetensors');
    await saveWeights(path, weights);
    await writeFile(path, (await readFile(path)).subarray(0, -3));
    await expect(loadWeights(path)).rejects.toThrow(/cut\.safetensors: expected .*so it is truncated/);
  });
});

describe('writing a file whole', () => {
  it('leaves neither a part nor a changed file where it fails', async () => {
    const place = join(folder, 'place');
    await mkdir(join(place, 'taken'), { recursive: true });
    await expect(writeWhole(join(place, 'taken'), 'text')).rejects.toThrow(InvalidFile);
    expect(await readdir(place)).toEqual(['taken']);
    await writeFile(join(place, 'file'), 'old');
    await expect(writeWhole(join(place, 'file', 'below'), 'text')).rejects.toThrow(
      /below: expected a path that can be written to, got a file where a folder should be; choose a place/,
    );
    expect(await readFile(join(place, 'file'), 'utf8')).toBe('old');
  });

  it('may happen twice at once: one of the two remains', async () => {
    const path = join(folder, 'twice');
    await Promise.all([writeWhole(path, 'a'.repeat(99)), writeWhole(path, 'b'.repeat(99))]);
    expect(await readFile(path, 'utf8')).toMatch(/^(a{99}|b{99})$/);
    expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([]);
  });
});
