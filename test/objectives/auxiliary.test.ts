import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  add,
  batchMean,
  categorical,
  concat,
  continuous,
  cvae,
  dense,
  gaussian,
  kl,
  logSumExp,
  mul,
  network,
  noise,
  normal,
  relu,
  reparameterise,
  sub,
  sumLast,
  type Tensor,
} from 'cvae-compile';
import { compile } from 'cvae-compile/compiler';
import { engineOf, evaluate, objective, train } from 'cvae-compile/train';
import { exportTraining } from '../../src/export/training.ts';
import { decodeSafetensors } from '../../src/weights/safetensors.ts';
import { cli, temporary } from '../cli/support/cli.ts';

const model = cvae({
  condition: { kind: categorical(3) },
  target: normal(2),
  latent: 4,
  recognition: ({ y, kind }) => concat(y, kind).pipe(dense(8), relu, gaussian(4)),
  decoder: ({ z, kind }) => concat(z, kind).pipe(dense(8), relu, dense(2)),
});

/** Guesses the class from z; only the objective below reads it. */
const classifier = network('classifier', { z: continuous(4) }, ({ z }) => z.pipe(dense(3)));

/** The ELBO, and how well z predicts the class: by a network of its own, or by a layer written into the objective. */
const informed = (classes: (z: Tensor<[4]>) => Tensor<[3]>) =>
  objective('informed', ({ recognition, prior, decoder, nll, x, y }) => {
    const q = recognition(x, y);
    const { kind } = x;
    if (!q || !kind) throw new Error('a model without a recognition network');
    const z = reparameterise(q, noise('noise', 'normal', y, q.mean.shape)) as Tensor<[4]>;
    const reconstruction = batchMean(nll(decoder(x, z), y));
    const divergence = batchMean(kl(q, prior(x)));
    const logits = classes(z);
    const guess = batchMean(sub(logSumExp(logits), sumLast(mul(logits, kind as Tensor<[3]>))));
    return { loss: add(add(reconstruction, divergence), guess), reconstruction, kl: divergence, guess };
  });

const kind = Array.from({ length: 60 }, (_, i) => i % 3);
const data = { kind, y: kind.map((k, i) => [k + (i % 7) / 10, -k]) };

describe.each([
  ['a network that only the objective calls', (z: Tensor<[4]>) => classifier({ z }), 'classifier'],
  ['a layer of the objective', (z: Tensor<[4]>) => z.pipe(dense(3)), 'objective'],
] as const)('%s', (_, classes, scope) => {
  const names = [`${scope}/dense_1/kernel`, `${scope}/dense_1/bias`];

  test('trains, is kept apart from the model’s weights, and what is left exports and evaluates', async () => {
    const engine = await engineOf('onnx');
    const options = { objective: informed(classes), epochs: 20, batch: 20, engine, learningRate: 0.02 };
    const { weights, auxiliary, epochs } = await train(model, data, options);
    expect([...auxiliary.keys()].sort()).toEqual([...names].sort());
    expect(epochs.at(-1)?.train['guess']).toBeLessThan(epochs[0]?.train['guess'] ?? 0);
    expect(compile(model, weights).manifest.files.decoder?.inputs).toEqual({ z: [4], kind: [3] });
    await expect(evaluate(model, weights, data, { samples: 2, engine })).resolves.toMatchObject({ unit: 'nats' });
    // The training step has them, with the values that they were trained to.
    const { others } = exportTraining(model, weights, { objective: informed(classes), auxiliary });
    const state = others?.find(({ file }) => file === 'state.safetensors');
    const bytes = new Uint8Array(Buffer.concat(state?.pieces ?? []));
    const held = decodeSafetensors(bytes, 'state').weights;
    for (const name of names) expect(held.get(name)?.data).toEqual(auxiliary.get(name)?.data);
    // Without them it starts them anew.
    expect(() => exportTraining(model, weights, { objective: informed(classes) })).not.toThrow();
  });
});

test('on the command line: a run, its weights, an evaluation and an export, which reports what it leaves out', async () => {
  const folder = temporary();
  const path = join(folder, 'model.ts');
  writeFileSync(
    path,
    `import { add, batchMean, categorical, concat, cvae, dense, gaussian, kl, mul, noise, normal, relu, reparameterise, square, sub, sum } from 'cvae-compile';
import { objective } from 'cvae-compile/train';
export default cvae({
  condition: { kind: categorical(3) },
  target: normal(2),
  latent: 4,
  recognition: ({ y, kind }) => concat(y, kind).pipe(dense(8), relu, gaussian(4)),
  decoder: ({ z, kind }) => concat(z, kind).pipe(dense(8), relu, dense(2)),
});
const guessing = objective('guessing', ({ recognition, prior, decoder, nll, x, y }) => {
  const q = recognition(x, y);
  const z = reparameterise(q, noise('noise', 'normal', y, q.mean.shape));
  const guess = batchMean(sum(square(sub(z.pipe(dense(3)), x.kind))));
  const loss = add(batchMean(nll(decoder(x, z), y)), batchMean(kl(q, prior(x))));
  return { loss: add(loss, guess), guess };
});
export const training = { objective: guessing, epochs: 2, batch: 20 };
const kind = Array.from({ length: 60 }, (_, i) => i % 3);
export const data = { kind, y: kind.map((k, i) => [k + (i % 7) / 10, -k]) };
`,
  );
  const [run, out] = [join(folder, 'run'), join(folder, 'exported')];
  const trained = await cli('train', path, '--out', run, '--engine', 'onnx');
  expect([trained.code, trained.err]).toEqual([0, expect.any(String)]);
  const evaluated = await cli('evaluate', path, '--weights', run, '--samples', '2');
  expect([evaluated.code, evaluated.err]).toEqual([0, expect.stringContaining('importance sampling')]);
  const exported = await cli('export', path, '--weights', run, '--out', out);
  expect([exported.code, exported.err]).toEqual([
    0,
    expect.stringContaining('left out: objective (15 parameters), which only the objective reads'),
  ]);
  const training = await cli('export', path, '--weights', run, '--out', `${out}-training`, '--training');
  expect([training.code, training.err]).toEqual([0, expect.not.stringContaining('left out')]);
  const resumed = await cli('train', path, '--out', run, '--engine', 'onnx', '--epochs', '3', '--resume');
  expect([resumed.code, resumed.err]).toEqual([0, expect.stringContaining('resumes at epoch 3')]);
});
