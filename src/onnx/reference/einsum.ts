import { size } from '../../shape/size.ts';
import { equationOf } from '../einsum.ts';
import { input, stridesOf, walk, zeros, type Kernel } from './numbers.ts';

/** The sum over all letters that the output lacks of the product of the inputs' elements. */
export const einsum: Kernel = (call) => {
  const { inputs, output } = equationOf(call.node);
  const all = inputs.map((_, i) => input(call, i));
  const lengths = new Map(inputs.flatMap((own, i) => own.map((letter, k) => [letter, all[i]?.shape[k] ?? 1] as const)));
  const summed = [...lengths.keys()].filter((letter) => !output.includes(letter));
  const letters = [...output, ...summed];
  const shapeOf = (own: readonly string[]): readonly number[] => own.map((letter) => lengths.get(letter) ?? 1);
  // Where each input's element is, for each element of the output and each of the sum.
  const places = inputs.map((own, i) => {
    const strides = stridesOf(all[i]?.shape ?? []);
    return walk(
      shapeOf(letters),
      letters.map((letter) => own.reduce((sum, one, k) => sum + (one === letter ? (strides[k] ?? 0) : 0), 0)),
    );
  });
  const result = zeros(input(call, 0).dtype, shapeOf(output));
  const terms = size(shapeOf(summed));
  for (let i = 0; i < result.data.length; i++) {
    let sum = 0;
    for (let k = 0; k < terms; k++)
      sum += all.reduce((product, x, j) => product * (x.data[places[j]?.[i * terms + k] ?? 0] ?? NaN), 1);
    result.data[i] = sum;
  }
  return [result];
};
