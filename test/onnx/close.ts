import type { OnnxTensor } from '../../src/onnx/graph.ts';
import { numbersOf } from '../../src/onnx/tensor.ts';

/** In which way a value of the reference is not onnxruntime's, which is of float32; undefined where it is. */
export const close = (
  ours: OnnxTensor | undefined,
  theirs: { readonly dims: readonly number[]; readonly data: readonly number[] } | undefined,
  tolerance = 1e-5,
): string | undefined => {
  if (!ours || !theirs) return 'a result is missing';
  if (ours.shape.join() !== theirs.dims.join()) return `ours is [${ours.shape}], onnxruntime's [${theirs.dims}]`;
  const numbers = numbersOf(ours);
  for (const [i, value] of theirs.data.entries()) {
    const own = numbers[i] ?? NaN;
    if (!(Math.abs(own - value) <= tolerance + tolerance * Math.abs(value)) && !Object.is(own, value))
      return `element ${i}: ours is ${own}, onnxruntime's ${value}`;
  }
  return undefined;
};
