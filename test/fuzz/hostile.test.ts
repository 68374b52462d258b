import { gzipSync, gunzipSync } from 'node:zlib';
import { decode, encode as encodePng } from 'fast-png';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { Choices, drawn } from '../../fuzz/choices.ts';
import { Wrong } from '../../fuzz/failure.ts';
import { judged } from '../../fuzz/hostile/judged.ts';
import { mutate, mutateJson } from '../../fuzz/hostile/mutate.ts';
import { Reader } from '../../fuzz/hostile/reader.ts';
import { InvalidFile } from '../../src/errors.ts';
import { decodeSafetensors, encodeSafetensors } from '../../src/weights/safetensors.ts';
import { IS_LONG } from '../support/chosen.ts';

const choicesOf = (at: number): Choices => new Choices(drawn(400, 1, 'test', at));
const many = Array.from({ length: 200 }, (_, at) => at);

describe('what is changed of a file', () => {
  it('is decided by the choices alone', () => {
    const bytes = Uint8Array.from({ length: 50 }, (_, i) => i);
    for (const at of many.slice(0, 20))
      expect(mutate(bytes, 'bytes', choicesOf(at))).toEqual(mutate(bytes, 'bytes', choicesOf(at)));
    const different = new Set(many.map((at) => Buffer.from(mutate(bytes, 'bytes', choicesOf(at))).toString('hex')));
    expect(different.size).toBeGreaterThan(150);
  });

  it('leaves JSON that can be read, and reaches every value of it', () => {
    const text = JSON.stringify({ a: [1, { b: 'x' }], c: null });
    // JSON has no word for what is not there.
    const found = many.map((at) => JSON.parse(mutateJson(text, choicesOf(at)) || 'null'));
    const gone = (of: (value: (typeof found)[number]) => unknown, was: unknown): number =>
      found.filter((value) => JSON.stringify(of(value)) !== JSON.stringify(was)).length;
    expect(gone((v) => v?.a?.[1]?.b, 'x')).toBeGreaterThan(20);
    expect(gone((v) => v?.c, null)).toBeGreaterThan(5);
    expect(gone((v) => v?.a?.[0], 1)).toBeGreaterThan(20);
  });

  it('lies behind sums that are right: of a chunk, of a gzip, before a header of its length', () => {
    const png = encodePng({ width: 3, height: 3, channels: 1, data: new Uint8Array(9) });
    const packed = gzipSync(Uint8Array.from({ length: 40 }, (_, i) => i));
    const weights = encodeSafetensors(new Map([['w', { shape: [2], data: Float32Array.of(1, 2) }]]), {});
    let [pictures, packs, headers] = [0, 0, 0];
    const counts = (read: () => unknown, sums: RegExp): number => {
      try {
        read();
        return 1;
      } catch (error) {
        return sums.test(String(error)) ? 0 : 1;
      }
    };
    for (const at of many) {
      pictures += counts(() => decode(mutate(png, 'png', choicesOf(at))), /CRC|signature/);
      packs += counts(() => gunzipSync(mutate(packed, 'gzip', choicesOf(at))), /check|header|end of file/);
      headers += counts(
        () => decodeSafetensors(mutate(weights, 'safetensors', choicesOf(at)), 'w'),
        /header of|length/,
      );
    }
    for (const count of [pictures, packs, headers]) expect(count).toBeGreaterThan(60);
  });
});

describe('how a reader may end', () => {
  it('is a sentence of the kind that users get, and nothing else', () => {
    expect(judged('x', new InvalidFile('a: expected b, got c; do d'))).toBeUndefined();
    const long = new InvalidFile('a: expected b');
    long.message = 'a:\nexpected b';
    expect(judged('x', long)?.kind).toMatch(/^x: InvalidFile at /);
    expect(judged('x', new TypeError('undefined is not a function'))?.kind).toMatch(/^x: TypeError at /);
    expect(judged('x', 'thrown')?.kind).toBe('x: string at outside');
    const wrong = new Wrong('y', 'z');
    expect(judged('x', wrong)).toBe(wrong);
  });

  it('is not a hang, running out of memory or a crash; another process continues', { timeout: 300_000 }, async () => {
    const bounds = { cpu: 6000, memory: 2 ** 30, wall: 100_000 };
    const reader = new Reader(fileURLToPath(new URL('support/fake-reader.ts', import.meta.url)), bounds);
    const ask = (target: number) => reader.ask({ place: '', target, choices: [] });
    try {
      expect(await ask(0)).toEqual({ file: 'one', used: 3, taken: true });
      expect(await ask(3)).toEqual({
        wrong: { kind: 'the process ended (SIGSEGV)', message: 'while it read the file' },
      });
      expect(await ask(0)).toMatchObject({ taken: true });
      // Without /proc, the usage is not known; and it takes seconds to reach the bounds.
      if (process.platform !== 'linux' || !IS_LONG) return;
      expect(await ask(1)).toMatchObject({ wrong: { kind: 'a hang' } });
      expect(await ask(2)).toMatchObject({ wrong: { kind: 'memory' } });
      expect(await ask(0)).toMatchObject({ taken: true });
    } finally {
      reader.end();
    }
  });
});
