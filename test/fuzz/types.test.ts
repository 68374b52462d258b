import { join } from 'node:path';
import { expect, it } from 'vitest';
import { caseOf, choicesOf } from '../../fuzz/definitions/case.ts';
import { typeErrors } from '../../fuzz/definitions/types.ts';
import { temporary } from '../cli/support/cli.ts';
import { QUICK } from '../types/tsc.ts';

const folder = temporary();
const texts = Array.from({ length: 20 }, (_, at) => caseOf(choicesOf(77, at)).claimed);

it.each(QUICK)(
  '%s infers the shape of each value of random definitions, and finds the one that is another',
  async (compiler) => {
    expect(await typeErrors(compiler, join(folder, compiler), texts)).toEqual(new Map());
    const wrong = texts.map((text, i) =>
      i === 3 ? text.replace(/is<Tensor<\[(\d+)/, (_, n) => `is<Tensor<[${Number(n) + 1}`) : text,
    );
    expect(wrong[3]).not.toBe(texts[3]);
    const errors = await typeErrors(compiler, join(folder, `${compiler}-wrong`), wrong);
    expect([...errors]).toEqual([[3, expect.stringMatching(/^error TS/)]]);
  },
  240_000,
);
