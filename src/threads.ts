import * as threads from 'node:worker_threads';

/**
 * Returns the memory of arrays, each once, that moves to another thread with a message instead of being copied. What Node keeps for itself,
 * such as the pool of its small buffers, is left out and copied: since Node 21 a message that would move it is refused.
 */
export const movable = (arrays: Iterable<ArrayBufferView>): ArrayBuffer[] => {
  const found = new Set<ArrayBuffer>();
  for (const { buffer } of arrays) {
    // Never shared: nothing here is made of a SharedArrayBuffer.
    const memory = buffer as ArrayBuffer;
    if (memory.byteLength > 0 && !isKept(memory)) found.add(memory);
  }
  return [...found];
};

// Node 20, whose types are used here, has no such function, and refuses nothing.
const { isMarkedAsUntransferable: isKept = () => false } = threads as {
  readonly isMarkedAsUntransferable?: (memory: ArrayBuffer) => boolean;
};
