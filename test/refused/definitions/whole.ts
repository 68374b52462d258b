import * as own from '../../../src/index.ts';
import { js, type Refused } from '../loose.ts';
import { model, type Given } from './model.ts';

/** What a model refuses that its networks do not show one by one. */
export const WHOLE: readonly Refused[] = [
  [
    'more parameters than a file holds',
    model({
      decoder: ({ z, digit }: Given) =>
        js.concat(z, digit).pipe(js.dense(20_000), js.dense(20_000), js.dense(20_000), js.dense(4)),
    }),
    'model: expected parameters of less than 2 GiB, got 3.0 GiB, of which decoder/dense_2/kernel [20000, 20000] has 1.5 GiB; make it smaller',
  ],
  [
    'more samples than an engine holds',
    model({
      decoder: ({ z, digit }: Given) => js.concat(z, digit).pipe(js.repeat(1e5), js.repeat(1e5), js.dense(4)),
    }),
    'decoder/repeat_2: expected less than 2 GiB for an example, got 10000000000 samples of [5]; take fewer at once',
  ],
  [
    'noise of one name, twice',
    model({
      decoder: ({ z, digit }: Given) =>
        js.add(
          js.add(js.concat(z, digit).pipe(js.dense(4)), js.noise('n', 'normal', z, [4])),
          js.noise('n', 'normal', z, [4]),
        ),
    }),
    'decoder: expected one input named decoder/n, got noise of this name and another; rename one of them',
  ],
  [
    'an op that writes no ONNX',
    model({
      decoder: ({ z, digit }: Given) =>
        js.concat(z, digit).pipe(
          js.elementwise(
            'no',
            () => 0,
            () => 0,
          ),
          js.dense(4),
        ),
    }),
    'decoder/no_1: expected ONNX of no that gives [5], got an error (y/Identity: expected inputs that are defined before it, got undefined; put its producer first); correct its lower',
  ],
  [
    'an op whose ONNX is of another shape',
    model({
      decoder: ({ z, digit }: Given) =>
        js.concat(z, digit).pipe(
          own.elementwise(
            'cut',
            (tf, [x]) => x,
            (onnx, [x]) => onnx.ReduceSum(x, [1], { keepdims: 0 }),
          ),
          js.dense(4),
        ),
    }),
    'decoder/cut_1: expected ONNX of cut that gives [5], got an error (cut: expected its output y to be float32[N, 5], got float32[N]; declare it so, or correct the node that produces it); correct its lower',
  ],
];
