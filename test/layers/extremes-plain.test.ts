import { describe, expect, test } from 'vitest';
import { engines } from '../../src/testing/engines.ts';
import { chosen } from '../support/chosen.ts';
import { CASES } from './cases.ts';
import { extremes, FAR } from './extremes.ts';
import { farInputs, withinOf } from './within.ts';

// onnxruntime has its turn in extremes.test.ts.
const { tfjs } = await engines('tfjs-cpu');
const machine = { tfjs };

describe.each(Object.entries(CASES))('%s is finite and right far out in plain JavaScript', (name, [first]) => {
  test.each(chosen(`far out, plain: ${name}`, Object.entries(FAR), 1))('of numbers of %s', async (_, values) => {
    if (!first) throw new Error('no case');
    const wrong = await extremes(machine, first.layer, farInputs(name, first, values), withinOf(name));
    expect(wrong).toEqual([]);
  });
});
