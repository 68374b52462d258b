import type { ExternalFile } from './external.ts';
import type { onnx } from './proto/onnx.js';

/** The context in which a file is read. */
export interface Reading {
  /** Throws an error about the file. */
  readonly fail: (problem: string) => never;
  /** Returns the bytes of a file next to it. */
  readonly external: ExternalFile | undefined;
}

type Int64 = onnx.AttributeProto.$Properties['i'];

/** Returns a whole number of a file, rounded if it is beyond 2^53; 0 if there is none. */
export const whole = (value: Int64): number => (typeof value === 'object' ? (value?.toNumber() ?? 0) : (value ?? 0));

/** Whether a domain is that of ONNX's own operators. */
export const isOnnx = (domain: string): boolean => domain === '' || domain === 'ai.onnx';

/** Returns entries by name; fails if a name occurs twice. */
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
