import type { Values } from './onnx-host.ts';

/**
 * Memory in which arrays are joined, and which is used again once it has come back: allocating memory costs more than writing to
 * it, and what is given to another thread moves there.
 */
export class JoinMemory {
  readonly #free = new Map<string, Float32Array[]>();

  /** Returns arrays laid end to end, in memory that may be longer. */
  join(name: string, parts: readonly Float32Array[]): Float32Array {
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    const free = this.#free.get(name) ?? [];
    const all = free.find((one) => one.length >= length) ?? new Float32Array(length);
    this.#free.set(
      name,
      free.filter((one) => one !== all),
    );
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }

  /** Takes memory back. */
  giveBack(values: Values): void {
    for (const [name, { data }] of Object.entries(values)) {
      const free = this.#free.get(name) ?? [];
      // Two: of the call that runs, and of the next one. The longest are kept.
      this.#free.set(name, [...free, data].sort((a, b) => b.length - a.length).slice(0, 2));
    }
  }
}
