import type * as layers from '../../src/layers/index.ts';
import { fullInput, type CaseInput } from '../../src/testing/case.ts';
import type { LayerCase } from './case.ts';
import type { Within } from './extremes.ts';

/** Each number is computed by itself, to the last digits of it however small it is. */
const EACH: Within = { relative: 2e-5, ofLargest: 0 };
/** Numbers are added up: what is small compared with the largest of them is not known as well. */
const SUMS: Within = { relative: 1e-5, ofLargest: 3e-6 };

/** onnxruntime's sigmoid is right to 1e-7, and 0 from −18 on. */
const ABSOLUTE: Within = { relative: 2e-5, ofLargest: 2e-8 };

/** Of products of numbers that are far out, float32 does not know which is the largest: a softmax's gradient is only finite. */
const SOFTMAX_OF_PRODUCTS: Within = { ...SUMS, gradient: 1e7 };

/** Each of several layers rounds, and normalisation makes what is small large again. */
const DEEP: Within = { relative: 1e-4, ofLargest: 1e-4, gradient: 1e7 };

/** The tolerance of layers that do not compute each number by itself. */
const WITHIN: Partial<Record<keyof typeof layers, Within>> = {
  sigmoid: ABSOLUTE,
  silu: ABSOLUTE,
  elementwise: ABSOLUTE,
  dense: SUMS,
  gaussian: SUMS,
  conv1d: SUMS,
  conv2d: SUMS,
  convTranspose1d: SUMS,
  convTranspose2d: SUMS,
  avgPool1d: SUMS,
  avgPool2d: SUMS,
  globalAvgPool2d: SUMS,
  // Its mean is that of a batch, which rounds.
  batchNorm: { ...SUMS, gradient: 3e-4 },
  gru: SUMS,
  lstm: SUMS,
  bidirectional: SUMS,
  attention: SOFTMAX_OF_PRODUCTS,
  transformerEncoder: SOFTMAX_OF_PRODUCTS,
  transformerDecoder: SOFTMAX_OF_PRODUCTS,
  // Next to its zeros at 1 and 2, terms that are larger cancel.
  lgamma: ABSOLUTE,
  mlp: SUMS,
  convEncoder: DEEP,
  convDecoder: DEEP,
  instanceNorm: SUMS,
  groupNorm: SUMS,
  sum: SUMS,
  sumLast: SUMS,
  batchMean: SUMS,
  mmd: SUMS,
};

/** How far off a layer of this name may be, far out. */
export const withinOf = (name: string): Within => {
  const known: Readonly<Record<string, Within>> = WITHIN;
  return known[name] ?? EACH;
};

/** The inputs of a case with these numbers instead, over and over; without signs where a layer takes none. */
export const farInputs = (name: string, { inputs }: LayerCase, values: readonly number[]): Map<string, CaseInput> => {
  const isPositive = name === 'log' || name === 'sqrt' || name === 'div';
  const own = isPositive ? values.map((v) => Math.abs(v) + 0.1) : values;
  return new Map(inputs.map((input, i) => [`x${i}`, { ...fullInput(input), values: own }]));
};
