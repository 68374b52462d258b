import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import protobuf from 'protobufjs';
import type { Epoch } from '../../src/train/epoch.ts';
import { openEvents } from '../../src/training/events.ts';

const run = mkdtempSync(join(tmpdir(), 'cvae-events-'));
afterAll(() => rmSync(run, { recursive: true }));

// The messages as TensorFlow declares them (tensorflow/core/util/event.proto, framework/summary.proto), as far as they are in use.
const { root } = protobuf.parse(
  `
  syntax = "proto3";
  message Event { double wall_time = 1; int64 step = 2; oneof what { string file_version = 3; Summary summary = 5; } }
  message Summary { message Value { string tag = 1; float simple_value = 2; } repeated Value value = 1; }
`,
  { keepCase: true },
);
const Event = root.lookupType('Event');

/** CRC-32C by long division of the message's polynomial, most significant bit first: written differently from the code under test. */
const crc32c = (bytes: Uint8Array): number => {
  const reversed = (value: bigint, width: number) =>
    BigInt(`0b${value.toString(2).padStart(width, '0').split('').reverse().join('')}`);
  let rest = 0xffffffffn;
  for (const byte of bytes) {
    rest ^= reversed(BigInt(byte), 8) << 24n;
    for (let bit = 0; bit < 8; bit++)
      rest = rest & 0x80000000n ? ((rest << 1n) ^ 0x11edc6f41n) & 0xffffffffn : rest << 1n;
  }
  return Number(reversed(rest ^ 0xffffffffn, 32));
};
const masked = (bytes: Uint8Array): number => {
  const crc = BigInt(crc32c(bytes));
  return Number((((crc >> 15n) | ((crc << 17n) & 0xffffffffn)) + 0xa282ead8n) & 0xffffffffn);
};

/** Reads records as TFRecord defines them, with both checksums. */
const recordsOf = (bytes: Buffer): readonly Uint8Array[] => {
  const records: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = Number(bytes.readBigUInt64LE(at));
    const record = bytes.subarray(at + 12, at + 12 + length);
    expect(bytes.readUInt32LE(at + 8)).toBe(masked(bytes.subarray(at, at + 8)));
    expect(bytes.readUInt32LE(at + 12 + length)).toBe(masked(record));
    records.push(record);
    at += 16 + length;
  }
  return records;
};

test('CRC-32C is that of RFC 3720', () => {
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
});

test('an event file has the numbers of each epoch, in the format that TensorBoard reads', async () => {
  const epoch = (at: number, phase: Epoch['phase'] = 'model'): Epoch => ({
    phase,
    epoch: at,
    train: { loss: 10 / at, kl: NaN },
    validation: { loss: 11 / at },
    latent: { activeUnits: 2, share: 0.5 },
    rate: 0.003,
    seconds: 1,
  });
  const before = await openEvents(run, []);
  before.add(epoch(7));
  const events = await openEvents(run, [epoch(1, 'baseline'), epoch(1)]);
  events.add(epoch(300));
  const [name = '', ...others] = readdirSync(join(run, 'events'));
  expect(others).toEqual([]);
  expect(name).toMatch(/^events\.out\.tfevents\.\d{10}\./);
  const [version, ...rest] = recordsOf(readFileSync(join(run, 'events', name))).map((record) =>
    Event.toObject(Event.decode(record), { longs: Number }),
  );
  expect(version).toMatchObject({ file_version: 'brain.Event:2' });
  const told = rest.map(({ step, summary }) => ({
    step,
    ...Object.fromEntries(
      summary.value.map(({ tag, simple_value }: { tag: string; simple_value: number }) => [tag, simple_value]),
    ),
  }));
  const rate = Math.fround(0.003);
  expect(told).toEqual([
    {
      step: 1,
      'baseline/loss/train': 10,
      'baseline/loss/validation': 11,
      'baseline/latent/active units': 2,
      'baseline/latent/share of variance': 0.5,
      'baseline/learning rate': rate,
    },
    ...[1, 300].map((step) => ({
      step,
      'loss/train': Math.fround(10 / step),
      'loss/validation': Math.fround(11 / step),
      'latent/active units': 2,
      'latent/share of variance': 0.5,
      'learning rate': rate,
    })),
  ]);
  expect(rest.every(({ wall_time }) => Math.abs(wall_time - Date.now() / 1000) < 3600)).toBe(true);
});
