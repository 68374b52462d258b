import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { categorical, concat, cvae, gaussian, heads, hurdle, mlp, normal, normalScores } from 'cvae-compile';
import { exportModel } from 'cvae-compile/compiler';
import { csv, monthOf } from 'cvae-compile/data';
import { open } from 'cvae-compile/runtime';
import { train } from 'cvae-compile/train';

const out = fileURLToPath(new URL('../../out/research/first-models', import.meta.url));
const months = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '12'] as const;
const month = categorical(...months);
const DRAWS = 5000;

/** As a first model was: four normal distributions, 10 epochs. */
const before = cvae({
  condition: { month },
  target: normal(4, { sigma: 'learned' }),
  latent: 2,
  recognition: ({ y, month }) => concat(y, month).pipe(mlp([64, 64]), gaussian(2)),
  decoder: ({ z, month }) => concat(z, month).pipe(mlp([64, 64]), gaussian(4)),
});

const targets = {
  precipitation: hurdle(normalScores(1)),
  temp_max: normalScores(1),
  temp_min: normalScores(1),
  wind: hurdle(normalScores(1)),
};
/** What `init --from` writes for the file. */
const after = cvae({
  condition: { month },
  target: targets,
  latent: 6,
  prior: ({ month }) => month.pipe(mlp([32]), gaussian(6)),
  recognition: ({ y, month }) =>
    concat(y.precipitation, y.temp_max, y.temp_min, y.wind, month).pipe(mlp([64, 64]), gaussian(6)),
  decoder: ({ z, month }) => concat(z, month).pipe(mlp([64, 64]), heads(targets)),
});

/** Prints what July's rain is in the data, and in draws of both. */
export async function weather(file: string): Promise<void> {
  const derive = { month: ({ date = '' }: Readonly<Record<string, string>>) => monthOf(date) };
  const names = Object.keys(targets);
  const first = await train(
    before,
    csv(file, { condition: { month: { classes: months } }, target: { y: { columns: names } }, derive, test: 0.1 }),
    { epochs: 10, learningRate: 1e-3, batch: 128, seed: 1 },
  );
  console.log(`before: test −ELBO ${first.test?.negativeElbo.toFixed(2)} nats`);
  await exportModel(before, first.weights, { out: join(out, 'weather-before') });
  const old = await open(join(out, 'weather-before'));
  const drawn = await old.sample({ month: '7' }, { count: DRAWS, seed: 1, draw: true });
  tell(
    'before',
    Array.from({ length: DRAWS }, (_, i) => drawn.data[4 * i] ?? NaN),
  );
  await old.close();

  const second = await train(after, csv(file, { derive, test: 0.1 }), { batch: 64, seed: 1 });
  await exportModel(after, second.weights, { out: join(out, 'weather-after') });
  const model = await open<typeof after>(join(out, 'weather-after'));
  const { precipitation } = await model.sample({ month: '7' }, { count: DRAWS, seed: 1, draw: true });
  tell('after', Array.from(precipitation.data));
  await model.close();
}

const tell = (name: string, rain: readonly number[]): void => {
  const share = (is: (mm: number) => boolean): string =>
    `${((100 * rain.filter(is).length) / rain.length).toFixed(1)} %`;
  const mean = rain.reduce((sum, mm) => sum + mm, 0) / rain.length;
  console.log(
    `${name}: of July's draws ${share((mm) => mm < 0)} are below 0 and ${share((mm) => mm === 0)} are 0; mean ${mean.toFixed(2)} mm`,
  );
};
