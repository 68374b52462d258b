import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  add,
  categorical,
  concat,
  constant,
  cvae,
  dense,
  distribution,
  div,
  exp,
  gaussian,
  gru,
  log,
  mul,
  softplus,
  square,
  steps,
  sub,
  sum,
  tanh,
  type Target,
} from 'cvae-compile';
import { exportModel } from 'cvae-compile/compiler';
import { open, readManifest } from 'cvae-compile/runtime';
import { train } from 'cvae-compile/train';
import { pythonSteps, stepFilesOf } from '../../src/export/package/python-steps.ts';
import { stream, uniforms } from '../../src/random.ts';
import { cli } from '../cli/support/cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'own-steps-'));
afterAll(() => rmSync(folder, { recursive: true }));

const T = 4;
/** A user's own likelihood, drawn by its quantile. */
const logistic = distribution('logistic', [T, 2], {
  parameters: { location: [T, 2], logScale: [T, 2] },
  mean: ({ location }) => location,
  nll: ({ location, logScale }, y) => {
    const t = div(sub(y, location), exp(logScale));
    return add(add(t, mul(softplus(mul(t, -1)), 2)), logScale);
  },
  draw: ({ location, logScale }, u) => add(location, mul(exp(logScale), sub(log(u), log(sub(1, u))))),
});
/** Another, from normal noise. */
const wide = distribution('wide', [T, 2], {
  parameters: { location: [T, 2] },
  mean: ({ location }) => location,
  nll: ({ location }, y) => mul(square(sub(y, location)), 0.5),
  draw: ({ location }, e) => add(location, e),
  noise: 'normal',
});

const condition = { kind: categorical(2) };
const model = cvae({
  condition,
  target: logistic,
  latent: 2,
  recognition: ({ y }) => y.pipe(gru(3, { last: true }), gaussian(2)),
  decoder: ({ z, kind }) =>
    steps(logistic, { start: constant([2], 0), state: z.pipe(dense(3)) }, ({ previous, state }) => {
      const next = concat(previous, state, kind).pipe(dense(3), tanh);
      return { out: { location: next.pipe(dense(2)), logScale: next.pipe(dense(2)) }, state: next };
    }),
});
const normalNoise = cvae({
  condition,
  target: wide,
  latent: 2,
  recognition: ({ y }) => y.pipe(gru(3, { last: true }), gaussian(2)),
  decoder: ({ z, kind }) =>
    steps(wide, { start: constant([2], 0), state: z.pipe(dense(3)) }, ({ previous, state }) => {
      const next = concat(previous, state, kind).pipe(dense(3), tanh);
      return { out: next.pipe(dense(2)), state: next };
    }),
});
const rows = Array.from({ length: 32 }, (_, i) => ({
  kind: i % 2,
  y: Array.from({ length: 2 * T }, (_, j) => Math.sin(i + j)),
}));

describe('a user’s own likelihood in steps', () => {
  it('is drawn step by step from the noise of its seed, the same from files and from a module', async () => {
    const { weights } = await train(model, rows, { epochs: 1, seed: 1, engine: 'onnx' });
    const [onnx, wasm] = [join(folder, 'onnx'), join(folder, 'wasm')];
    await exportModel(model, weights, { out: onnx });
    expect(Object.keys((await readManifest(onnx)).files).sort()).toEqual(['start', 'step']);
    await using opened = await open<typeof model>(onnx);
    expect(await opened.selfTest()).toMatchObject({ passed: true });
    const given = { kind: [0, 1] };
    const { data, z, shape } = await opened.sample(given, { count: 3, seed: 5, draw: true });
    expect(shape).toEqual([6, T, 2]);

    // By hand: the first step's location and scale from z, then its quantile.
    const of = (name: string): number[] => [...(weights.get(`decoder/${name}`)?.data ?? [])];
    const layer = (name: string, x: readonly number[]): number[] => {
      const [kernel, bias] = [of(`${name}/kernel`), of(`${name}/bias`)];
      return bias.map((b, j) => x.reduce((all, xi, i) => all + xi * (kernel[i * bias.length + j] ?? NaN), b));
    };
    const noise = uniforms(stream(5, 'y'), 3, 2 * T);
    for (let row = 0; row < 6; row++) {
      let [previous, state] = [[0, 0], layer('dense_1', [...z.data.subarray(2 * row, 2 * row + 2)])];
      for (let t = 0; t < T; t++) {
        state = layer('steps_1/dense_1', [...previous, ...state, ...(row < 3 ? [1, 0] : [0, 1])]).map(Math.tanh);
        const [location, logScale] = [layer('steps_1/dense_2', state), layer('steps_1/dense_3', state)];
        previous = location.map((mean, j) => {
          const u = noise[(row % 3) * 2 * T + 2 * t + j] ?? NaN;
          return mean + Math.exp(logScale[j] ?? NaN) * (Math.log(u) - Math.log(1 - u));
        });
        for (const [j, value] of previous.entries()) expect(data[row * 2 * T + 2 * t + j]).toBeCloseTo(value, 3);
      }
    }
    // Without noise the mean is given to the next step.
    expect((await opened.mean(given)).data.every(Number.isFinite)).toBe(true);
    await exportModel(model, weights, { out: wasm, target: 'wasm' });
    await using other = await open<typeof model>(wasm);
    const again = await other.sample(given, { count: 3, seed: 5, draw: true });
    for (const [i, value] of again.data.entries()) expect(value).toBeCloseTo(data[i] ?? NaN, 4);
    // The program of the card draws by the file, too.
    const manifest = await readManifest(onnx);
    const parts = stepFilesOf(manifest);
    expect(parts && pythonSteps(manifest, 'onnx', parts)).toMatch(
      /feeds\["uniform"\] = random\.random\(\(count, 2\), dtype=np\.float32\)[\s\S]*feeds\["previous"\] = made\["draw"\]/,
    );
    const drawn = await cli('sample', onnx, '--set', 'kind=1', '--count', '2', '--seed', '5', '--draw');
    expect(drawn.code, drawn.err).toBe(0);
  });

  it('may be drawn from normal noise, and its report shows draws', async () => {
    const run = join(folder, 'run');
    const { weights } = await train(normalNoise, rows, { epochs: 1, seed: 1, engine: 'onnx', run });
    await exportModel(normalNoise, weights, { out: join(folder, 'wide') });
    await using opened = await open<typeof normalNoise>(join(folder, 'wide'));
    const { data } = await opened.sample({ kind: 0 }, { count: 400, seed: 1, draw: true });
    const { data: means } = await opened.sample({ kind: 0 }, { count: 400, seed: 1 });
    // Of the first step, which does not depend on draws: N(mean, 1).
    const apart = Array.from({ length: 800 }, (_, i) => {
      const at = Math.floor(i / 2) * 2 * T + (i % 2);
      return (data[at] ?? NaN) - (means[at] ?? NaN);
    });
    const mean = apart.reduce((all, x) => all + x, 0) / 800;
    expect(Math.abs(mean)).toBeLessThan(0.15);
    expect(apart.reduce((all, x) => all + (x - mean) ** 2, 0) / 800).toBeCloseTo(1, 0);
  });

  it('is refused in words where a step cannot be drawn', () => {
    const of = (target: Target) => () =>
      cvae({
        condition,
        target,
        latent: 2,
        recognition: ({ kind }) => kind.pipe(gaussian(2)),
        // The types know another target.
        decoder: ({ z }) =>
          steps(target as typeof wide, { start: constant([2], 0), state: z.pipe(dense(3)) }, ({ state }) => ({
            out: state.pipe(dense(2)),
            state,
          })),
      });
    expect(
      of(
        distribution('bare', [T, 2], {
          parameters: { location: [T, 2] },
          mean: ({ location }) => location,
          nll: ({ location }, y) => square(sub(y, location)),
        }),
      ),
    ).toThrow(
      'expected a likelihood that can be drawn, since each step is drawn and given to the next as target, got bare without draw; give distribution a draw, a function of the parameters and noise',
    );
    expect(
      of(
        distribution('joint', [T, 2], {
          parameters: { location: [T, 2] },
          mean: ({ location }) => location,
          nll: ({ location }, y) => sum(square(sub(y, location))),
          per: 'example',
        }),
      ),
    ).toThrow("expected a likelihood whose steps are independent as target, got per: 'example'; leave per out");
    expect(
      of(
        distribution('fixed', [T, 2], {
          parameters: { location: [T, 2] },
          mean: ({ location }) => location,
          nll: ({ location }, y) => square(sub(y, location)),
          draw: ({ location }, u) => add(add(location, u), constant([T, 2], 1)),
        }),
      ),
    ).toThrow(
      'fixed: expected a mean and a draw that compute one step, [2], as they compute all of them, got a failure',
    );
  });
});
