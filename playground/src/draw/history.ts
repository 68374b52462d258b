/** Earlier states of a drawing, for undo. */
export interface History {
  /** Keeps an image, and returns how many there are. */
  push(pixels: Float32Array): number;
  pop(): Float32Array | undefined;
  size(): number;
}

export const createHistory = (): History => {
  let kept: Float32Array[] = [];
  return {
    push: (pixels) => {
      kept = [...kept.slice(1 - KEPT), pixels];
      return kept.length;
    },
    pop: () => kept.pop(),
    size: () => kept.length,
  };
};

const KEPT = 100;
