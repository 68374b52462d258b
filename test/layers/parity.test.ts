import { describe, expect, test } from 'vitest';
import { caseName } from '../../src/testing/case.ts';
import { testLayer } from '../../src/testing/layer.ts';
import { chosen } from '../support/chosen.ts';
import { CASES } from './cases.ts';
import { WINDOW_OPS } from './windows.ts';

// Shapes, values on every engine before and after the passes, in training and in use, and gradients: of each layer a case, or all.
describe.each(Object.entries({ ...CASES, ...WINDOW_OPS }))('%s is one function everywhere', (name, cases) => {
  test.each(chosen(`parity of ${name}`, cases, 1).map((c) => [caseName(c), c] as const))(
    '%s',
    async (_, { layer, ...given }) => {
      const { largest } = await testLayer(name, layer, given);
      expect(largest).toBeLessThan(1e-5);
    },
  );
});
