/**
 * Returns a function that concatenates arrays in memory that is reused from call to call: allocating memory costs more than
 * writing to it. The result under a name is overwritten by the next call with that name. A single array is returned unchanged.
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
