import { describe, expect, test } from 'vitest';
import { engines } from '../../src/testing/engines.ts';
import { chosen } from '../support/chosen.ts';
import { CASES } from './cases.ts';
import { extremes, FAR } from './extremes.ts';
import { farInputs, withinOf } from './within.ts';

const machine = await engines();

describe.each(Object.entries(CASES))('%s is finite and right far out', (name, [first]) => {
  test.each(chosen(`far out: ${name}`, Object.entries(FAR), 1))('of numbers of %s', async (_, values) => {
    if (!first) throw new Error('no case');
    const wrong = await extremes(machine, first.layer, farInputs(name, first, values), withinOf(name));
    expect(wrong).toEqual([]);
  });
});
