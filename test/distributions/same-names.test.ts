import {
  categorical,
  concat,
  cvae,
  dense,
  gaussian,
  head,
  hurdle,
  laplace,
  normal,
  normalScores,
  studentT,
} from 'cvae-compile';
import { compile } from 'cvae-compile/compiler';
import { engineOf, train } from 'cvae-compile/train';
import { expect, test } from 'vitest';
import { exportTraining } from '../../src/export/training.ts';

const densities = { normal: normal(2), laplace: laplace(2), studentT: studentT(2), normalScores: normalScores(2) };
const rows = Array.from({ length: 60 }, (_, i) => ({ kind: i % 2, y: [i % 3 === 0 ? 0 : i / 7, Math.sin(i)] }));

test.each(Object.entries(densities))(
  'a hurdle of %s has the same bytes each time, and can be exported with its training step',
  async (_, density) => {
    const target = hurdle(density, { masses: 2 });
    const model = cvae({
      condition: { kind: categorical(2) },
      target,
      latent: 1,
      recognition: ({ y, kind }) => concat(y, kind).pipe(gaussian(1)),
      decoder: ({ z, kind }) => concat(z, kind).pipe(dense(4), head(target)),
    });
    const { weights } = await train(model, rows, { epochs: 1, engine: await engineOf('onnx') });
    const bytes = () =>
      Object.values(compile(model, weights, { recognition: true, example: false }).files).map((file) => file?.bytes);
    expect(bytes()).toEqual(bytes());
    expect(exportTraining(model, weights, { recognition: true }).files.recognition).toBeDefined();
  },
);
