import { expect, test } from 'vitest';
import { categorical, concat, cvae, gaussian, heads, mlp, normalScores } from 'cvae-compile';
import { records } from 'cvae-compile/data';
import { train, type Epoch } from 'cvae-compile/train';

// A table as `init` models it. What its columns are put into units with are parameters that no objective trains.

test('the KL of each dimension is measured of a table of normal scores too', async () => {
  const targets = { price: normalScores(1), kind: categorical('flat', 'house') };
  const model = cvae({
    condition: { town: categorical('Bonn', 'Ulm') },
    target: targets,
    latent: 3,
    recognition: ({ y, town }) => concat(y.price, y.kind, town).pipe(mlp([8]), gaussian(3)),
    decoder: ({ z, town }) => concat(z, town).pipe(mlp([8]), heads(targets)),
  });
  const rows = Array.from({ length: 120 }, (_, i) => ({
    town: i % 2 === 0 ? 'Bonn' : 'Ulm',
    price: ((i * 37) % 101) / 10,
    kind: i % 3 === 0 ? 'flat' : 'house',
  }));
  const epochs: Epoch[] = [];
  await train(model, records(rows, { test: 0 }), { epochs: 1, seed: 1, onEpoch: (epoch) => void epochs.push(epoch) });
  expect(epochs.at(-1)?.latent?.kl).toHaveLength(3);
  expect(epochs.at(-1)?.latent?.activeUnits).toBeTypeOf('number');
});
