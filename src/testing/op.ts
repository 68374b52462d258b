import { apply } from '../dsl/tensor.ts';
import type { Op } from '../graph/op.ts';
import { checkOpCase, type OpCase } from './case.ts';
import { testLayer, type Report } from './layer.ts';

/**
 * Tests an op, a custom one or one of the library's, in some cases: its shape, its values in TensorFlow.js, in ONNX and in
 * onnxruntime if that is installed, and its gradients, including those that ONNX graphs train with.
 *
 * @throws Error with the case, the value that differs, the engines and the difference.
 *
 * @example
 * ```ts
 * import type { Op } from 'cvae-compile';
 * import { testOp } from 'cvae-compile/testing';
 *
 * const twice: Op = {
 *   name: 'twice',
 *   shape: ([x]) => x,
 *   run: (tf, [x]) => tf.mul(x, 2),
 *   lower: (onnx, [x]) => onnx.Mul(x, 2),
 * };
 * const [report] = await testOp(twice, [{ inputs: [[5]], attrs: {} }]); // in any test runner
 * console.log(report !== undefined && report.largest < 1e-5); // true
 * ```
 */
export async function testOp<Attrs extends object, P extends string>(
  op: Op<Attrs, P>,
  cases: readonly OpCase<Attrs>[],
): Promise<readonly Report[]> {
  if (cases.length === 0) throw new Error(`${op.name}: no cases to try it in`);
  const reports: Report[] = [];
  for (const given of cases) {
    checkOpCase(op.name, given);
    const layer: Parameters<typeof testLayer>[1] = (first, ...rest) => {
      if (!first) throw new Error(`${op.name}: a case without inputs`);
      return apply(op, [first, ...rest], given.attrs);
    };
    const { attrs: _, ...rest } = given;
    reports.push(await testLayer(op.name, layer, rest));
  }
  return reports;
}
