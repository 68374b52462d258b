import { describe, expect, test } from 'vitest';
import { caseName } from '../../src/testing/case.ts';
import { engines } from '../../src/testing/engines.ts';
import { testLayer } from '../../src/testing/layer.ts';
import { chosen } from '../support/chosen.ts';
import { CASES } from './cases.ts';
import { WINDOW_OPS } from './windows.ts';

// TensorFlow.js in plain JavaScript trains where tfjs-node does not load. It has kernels of its own, some of whose gradients were wrong.
describe.each(Object.entries({ ...CASES, ...WINDOW_OPS }))(
  '%s is the same function in plain JavaScript',
  (name, cases) => {
    test.each(chosen(`plain ${name}`, cases, 1).map((c) => [caseName(c), c] as const))(
      '%s',
      async (_, { layer, ...given }) => {
        // onnxruntime has its turn in parity.test.ts.
        const { tfjs } = await engines('tfjs-cpu');
        // Its gradient is compared with that of the ONNX graph, which parity.test.ts compares with slopes.
        const report = await testLayer(name, layer, { ...given, gradient: given.gradient ?? 'alike' }, { tfjs });
        expect(report.engines).toContain('tfjs-cpu');
        expect(report.largest).toBeLessThan(1e-5);
      },
    );
  },
);
