import type { ExternalFile } from './external.ts';
import type { onnx } from './proto/onnx.js';

/** What a file is read with. */
export interface Reading {
  /** Throws what is wrong with the file. */
  readonly fail: (problem: string) => never;
  /** Gives the bytes of a file beside it. */
  readonly external: ExternalFile | undefined;
}

type Int64 = onnx.AttributeProto.$Properties['i'];

/** A whole number of a file, rounded where it is beyond 2^53; 0 where there is none. */
export const whole = (value: Int64): number => (typeof value === 'object' ? (value?.toNumber() ?? 0) : (value ?? 0));

/** Whether a domain is that of ONNX's own operators. */
export const isOnnx = (domain: string): boolean => domain === '' || domain === 'ai.onnx';

/** Entries by name, of which there must not be two. */
export const byName = <T>(
  what: string,
  entries: readonly (readonly [string, T])[],
  { fail }: Reading,
): readonly (readonly [string, T])[] => {
  const names = new Set<string>();
  for (const [name] of entries) {
    if (names.has(name)) return fail(`expected ${what} of different names, got ${name} twice; export it again`);
    names.add(name);
  }
  return entries;
};
