/**
 * Lays arrays end to end, in memory that is used again from call to call: new memory costs more than what is written to it.
 * What it gave under a name is overwritten when it is next asked for that name. A single array is given as it is.
 */
export const staging = (): ((name: string, parts: readonly Float32Array[]) => Float32Array) => {
  const buffers = new Map<string, Float32Array>();
  return (name, parts) => {
    const [first] = parts;
    if (first && parts.length === 1) return first;
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    const held = buffers.get(name);
    const all = held && held.length >= length ? held : new Float32Array(length);
    buffers.set(name, all);
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return all.subarray(0, length);
  };
};
