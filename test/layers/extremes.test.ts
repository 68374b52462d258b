import { describe, expect, test } from 'vitest';
import type * as layers from '../../src/layers/index.ts';
import { fullInput, type CaseInput } from '../../src/testing/case.ts';
import { engines } from '../../src/testing/engines.ts';
import { CASES } from './cases.ts';
import { extremes, FAR, type Within } from './extremes.ts';

/** Each number is computed by itself, to the last digits of it however small it is. */
const EACH: Within = { relative: 2e-5, ofLargest: 0 };
/** Numbers are added up: what is small beside the largest of them is not known as well. */
const SUMS: Within = { relative: 1e-5, ofLargest: 3e-6 };

/** onnxruntime's sigmoid is right to 1e-7, and 0 from −18 on. */
const ABSOLUTE: Within = { relative: 2e-5, ofLargest: 2e-8 };

/** How far off a layer may be that does not compute each number by itself. */
const WITHIN: Partial<Record<keyof typeof layers, Within>> = {
  sigmoid: ABSOLUTE,
  silu: ABSOLUTE,
  elementwise: ABSOLUTE,
  dense: SUMS,
  gaussian: SUMS,
  conv2d: SUMS,
  convTranspose2d: SUMS,
  avgPool2d: SUMS,
  globalAvgPool2d: SUMS,
  // Its mean is that of a batch, which rounds.
  batchNorm: { ...SUMS, gradient: 3e-4 },
  sum: SUMS,
  sumLast: SUMS,
  batchMean: SUMS,
};

const machine = await engines();

describe.each(Object.entries(CASES))('%s', (name, cases) => {
  const [first] = cases;
  if (!first) return;
  test.each(Object.entries(FAR))('of numbers of %s', async (_, values) => {
    const positive = name === 'log' || name === 'sqrt' || name === 'div';
    const inputs = new Map(
      first.inputs.map((input, i): [string, CaseInput] => [
        `x${i}`,
        { ...fullInput(input), values: positive ? values.map((v) => Math.abs(v) + 0.1) : values },
      ]),
    );
    const wrong = await extremes(machine, first.layer, inputs, WITHIN[name as keyof typeof layers] ?? EACH);
    expect(wrong).toEqual([]);
  });
});
