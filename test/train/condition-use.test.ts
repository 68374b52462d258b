import { expect, test } from 'vitest';
import { categorical, concat, continuous, cvae, dense, gaussian, mlp, normal } from 'cvae-compile';
import { records } from 'cvae-compile/data';
import { train } from 'cvae-compile/train';

test('how much a condition matters includes which of its values are missing', async () => {
  const model = cvae({
    condition: { size: continuous(1, { mask: true }), town: categorical('Bonn', 'Ulm') },
    target: normal(1),
    latent: 1,
    recognition: ({ y, size, size_mask, town }) => concat(y, size, size_mask, town).pipe(gaussian(1)),
    decoder: ({ z, size_mask, town }) => concat(z, size_mask, town).pipe(mlp([8]), dense(1)),
  });
  const rows = Array.from({ length: 200 }, (_, i) => ({
    town: i % 2 === 0 ? 'Bonn' : 'Ulm',
    size: i % 3 === 0 ? null : i % 7,
    y: i % 3 === 0 ? 5 : 1,
  }));
  const data = records(rows, { missing: 'mask', test: 0 });
  const { conditions } = await train(model, data, { epochs: 12, seed: 1, learningRate: 0.01, batch: 10 });
  expect(Object.keys(conditions ?? {})).toEqual(['size', 'town']);
  expect(conditions?.['size']).toBeGreaterThan(0.3);
});
