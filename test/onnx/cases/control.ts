import type { OnnxBuilder, Value } from '../../../src/onnx/builder.ts';
import type { CONTROL } from '../../../src/onnx/operators/table.ts';
import { tensorOf } from '../../../src/onnx/tensor.ts';
import { noise } from '../ort.ts';
import { at, type Case } from './case.ts';

const scalar = (onnx: OnnxBuilder, value: number): Value => onnx.constant(value, 'int64');

/** A body with a state, two scanned inputs, and two outputs. */
const running = (onnx: OnnxBuilder, wide: readonly number[], row: readonly number[], outer: Value) =>
  onnx.subgraph(
    'body',
    [
      { name: 's', dtype: 'float32', shape: wide },
      { name: 'x', dtype: 'float32', shape: wide },
      { name: 'y', dtype: 'float32', shape: row },
    ],
    (...b) => {
      const next = onnx.Add(onnx.Mul(at(b, 0), outer), onnx.Mul(at(b, 1), at(b, 2)));
      return [
        { value: next, dtype: 'float32', shape: wide },
        { value: next, dtype: 'float32', shape: wide },
        { value: onnx.ReduceSum(next, [0], { keepdims: 0 }), dtype: 'float32', shape: row },
      ];
    },
  );

/** Cases for loops, scans and branches. */
export const CONTROL_CASES: Readonly<Record<keyof typeof CONTROL, readonly Case[]>> = {
  Loop: [
    {
      of: 'a count, a state, a scan, and a value from around it',
      inputs: [noise([3, 2]), noise([2], 2)],
      build: (onnx, ...x) => {
        const body = onnx.subgraph(
          'body',
          [
            { name: 'i', dtype: 'int64', shape: [] },
            { name: 'go', dtype: 'bool', shape: [] },
            { name: 's', dtype: 'float32', shape: ['?', 2] },
          ],
          (...b) => {
            const next = onnx.Add(onnx.Mul(at(b, 2), 0.5), at(x, 1));
            return [
              { value: at(b, 1), dtype: 'bool', shape: [] },
              { value: next, dtype: 'float32', shape: ['?', 2] },
              { value: onnx.ReduceSum(next, undefined, { keepdims: 0 }), dtype: 'float32', shape: [] },
            ];
          },
        );
        return onnx.Loop(scalar(onnx, 5), undefined, [at(x, 0)], body);
      },
    },
    {
      of: 'a condition that ends it',
      inputs: [tensorOf('float32', [], [1])],
      build: (onnx, ...x) => {
        const body = onnx.subgraph(
          'body',
          [
            { name: 'i', dtype: 'int64', shape: [] },
            { name: 'go', dtype: 'bool', shape: [] },
            { name: 's', dtype: 'float32', shape: [] },
          ],
          (...b) => {
            const next = onnx.Mul(at(b, 2), 2);
            return [
              { value: onnx.Less(next, 20), dtype: 'bool', shape: [] },
              { value: next, dtype: 'float32', shape: [] },
              { value: onnx.Identity(at(b, 0)), dtype: 'int64', shape: [] },
            ];
          },
        );
        return onnx.Loop(undefined, onnx.constant(1, 'bool'), [at(x, 0)], body);
      },
    },
    {
      of: 'a state that grows',
      inputs: [noise([1])],
      build: (onnx, ...x) => {
        const body = onnx.subgraph(
          'body',
          [
            { name: 'i', dtype: 'int64', shape: [] },
            { name: 'go', dtype: 'bool', shape: [] },
            { name: 's', dtype: 'float32', shape: ['?'] },
          ],
          (...b) => [
            { value: at(b, 1), dtype: 'bool', shape: [] },
            { value: onnx.Concat([at(b, 2), at(b, 2)], { axis: 0 }), dtype: 'float32', shape: ['?'] },
          ],
        );
        return onnx.Loop(scalar(onnx, 3), undefined, [at(x, 0)], body);
      },
    },
    {
      of: 'a loop in a loop',
      inputs: [noise([2])],
      build: (onnx, ...x) => {
        const inputs = (name: string) => [
          { name: 'i', dtype: 'int64', shape: [] } as const,
          { name: 'go', dtype: 'bool', shape: [] } as const,
          { name, dtype: 'float32', shape: [2] } as const,
        ];
        const outer = onnx.subgraph('outer', inputs('s'), (...b) => {
          const inner = onnx.subgraph('inner', inputs('t'), (...c) => [
            { value: at(c, 1), dtype: 'bool', shape: [] },
            { value: onnx.Add(at(c, 2), onnx.Cast(at(b, 0), 'float32')), dtype: 'float32', shape: [2] },
          ]);
          const [result] = onnx.Loop(scalar(onnx, 2), undefined, [at(b, 2)], inner);
          return [
            { value: at(b, 1), dtype: 'bool', shape: [] },
            { value: at(result ? [result] : [], 0), dtype: 'float32', shape: [2] },
          ];
        });
        return onnx.Loop(scalar(onnx, 3), undefined, [at(x, 0)], outer);
      },
    },
  ],
  Scan: [
    {
      of: 'a state, two inputs, a value from around it',
      inputs: [noise([5, 2]), noise([4, 5, 2], 2), noise([4, 2], 3), noise([2], 4)],
      build: (onnx, ...x) => onnx.Scan([at(x, 0)], [at(x, 1), at(x, 2)], running(onnx, [5, 2], [2], at(x, 3))),
    },
    {
      of: 'other axes and directions',
      inputs: [noise([5, 2]), noise([5, 4, 2], 2), noise([2, 4], 3), noise([2], 4)],
      build: (onnx, ...x) =>
        onnx.Scan([at(x, 0)], [at(x, 1), at(x, 2)], running(onnx, [5, 2], [2], at(x, 3)), {
          scan_input_axes: [1, -1],
          scan_input_directions: [0, 1],
          scan_output_axes: [1, -1],
          scan_output_directions: [1, 0],
        }),
    },
    {
      of: 'no state',
      inputs: [noise([4, 3])],
      build: (onnx, ...x) =>
        onnx.Scan(
          [],
          [at(x, 0)],
          onnx.subgraph('body', [{ name: 'x', dtype: 'float32', shape: [3] }], (...b) => [
            { value: onnx.Exp(at(b, 0)), dtype: 'float32', shape: [3] },
          ]),
        ),
    },
  ],
  If: [0, 1].map((condition) => ({
    of: condition ? 'then' : 'else',
    inputs: [tensorOf('bool', [], [condition]), noise([3, 2])],
    build: (onnx, ...x) => {
      const then = onnx.subgraph('then', [], () => [{ value: onnx.Neg(at(x, 1)), dtype: 'float32', shape: [3, 2] }]);
      // A branch that gives what is there already.
      const otherwise = onnx.subgraph('otherwise', [], () => [{ value: at(x, 1), dtype: 'float32', shape: [3, 2] }]);
      return onnx.If(at(x, 0), then, otherwise);
    },
  })),
};
