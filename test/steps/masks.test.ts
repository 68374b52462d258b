import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  categorical,
  concat,
  constant,
  cvae,
  dense,
  flatten,
  gaussian,
  heads,
  logNormal,
  mixture,
  mul,
  normal,
  ordinal,
  steps,
  zeroInflated,
} from 'cvae-compile';
import { exportModel } from 'cvae-compile/compiler';
import { open } from 'cvae-compile/runtime';
import { engineOf, iwae, train } from 'cvae-compile/train';

const targets = {
  kind: categorical('buy', 'sell', 'end', { at: [4], end: 'end' }),
  amount: zeroInflated(logNormal(4, 1, { mask: true })),
  place: mixture(normal(4, 2, { sigma: 'learned', per: 'place', mask: true }), 2),
  grade: ordinal('low', 'middle', 'high', { at: [4], mask: true }),
};
const step = {
  kind: categorical(3),
  amount: zeroInflated(logNormal(1)),
  place: mixture(normal(2, { sigma: 'learned', per: 'example' }), 2),
  grade: ordinal(3),
};
const model = cvae({
  condition: { market: categorical(2) },
  target: targets,
  latent: 2,
  recognition: ({ y, market }) => concat(flatten(y.kind), market).pipe(dense(8), gaussian(2)),
  decoder: ({ z, market }) =>
    steps(
      targets,
      {
        start: { kind: constant([3], 0), amount: constant([1], 0), place: constant([2], 0), grade: constant([3], 0) },
        state: concat(z, market).pipe(dense(8)),
      },
      ({ previous: { kind, amount, place, grade }, state }) => {
        const next = concat(kind, amount, place, grade, state, z).pipe(dense(8));
        return { out: next.pipe(heads(step)), state: next };
      },
    ),
});

interface Filler {
  readonly number: number;
  readonly grade: number;
  /** What numbers behind the end are. */
  readonly behind?: number;
}

/** Sequences of which some elements, or all but the kinds, are missing: in their place is the filler. */
const examples = ({ number, grade, behind }: Filler, all = false) =>
  Array.from({ length: 24 }, (_, i) => {
    const end = 1 + (i % 5);
    const lacks = (t: number, k: number) => all || (i + t + k) % 3 === 0;
    const ofSteps = <T>(of: (t: number) => T): T[] => [0, 1, 2, 3].map(of);
    const value = (t: number, k: number, known: number) => {
      if (lacks(t, k)) return number;
      return t >= end && behind !== undefined ? behind : known;
    };
    return {
      market: i % 2,
      kind: ofSteps((t) => (t >= end ? 2 : (i + t) % 2)),
      amount: ofSteps((t) => [value(t, 0, t % 2 ? 0 : 1 + i)]),
      amount_mask: ofSteps((t) => [lacks(t, 0) ? 0 : 1]),
      place: ofSteps((t) => [0, 1].map((k) => value(t, k, 10 * k + t + Math.sin(i)))),
      place_mask: ofSteps((t) => [0, 1].map((k) => (lacks(t, k) ? 0 : 1))),
      grade: ofSteps((t) => (lacks(t, 2) ? grade : (i + t) % 3)),
      grade_mask: ofSteps((t) => (lacks(t, 2) ? 0 : 1)),
    };
  });

const once = async (data: ReturnType<typeof examples>, engine: 'onnx' | 'tfjs' = 'onnx') =>
  train(model, data, {
    epochs: 2,
    batch: 8,
    seed: 1,
    validation: 0,
    objective: iwae(2),
    engine: await engineOf(engine),
  });

describe('of several targets of steps', () => {
  const zeros = { number: 0, grade: 0 };
  const others = { number: 7, grade: 2, behind: 50 };

  test('what masks leave out, and what is behind the end, may be anything: no loss counts it, and no step sees it', async () => {
    const [{ epochs }, other] = [await once(examples(zeros)), await once(examples(others))];
    const loss = epochs.at(-1)?.train ?? {};
    expect(other.epochs.at(-1)?.train).toEqual(loss);
    const onTfjs = (await once(examples(others), 'tfjs')).epochs.at(-1)?.train ?? {};
    for (const [name, value] of Object.entries(onTfjs)) expect(value, name).toBeCloseTo(loss[name] ?? NaN, 3);
    const none = (await once(examples(zeros, true))).epochs[0]?.train ?? {};
    expect(none['reconstruction_kind']).toBeGreaterThan(1);
    for (const name of ['amount', 'place', 'grade']) expect(none[`reconstruction_${name}`], name).toBe(0);
  });

  test('files take the masks, and draw without them', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'masks-'));
    const { weights } = await once(examples(others));
    await exportModel(model, weights, { out: join(folder, 'out'), evaluationSamples: 5 });
    const opened = await open<typeof model>(join(folder, 'out'));
    const likelihoods = async (filler: Filler) => {
      const rows = examples(filler).slice(0, 6);
      const flat = (name: Exclude<keyof (typeof rows)[number], 'market'>) => rows.map((row) => row[name].flat());
      const columns = {
        market: rows.map(({ market }) => market),
        kind: flat('kind'),
        amount: flat('amount'),
        amount_mask: flat('amount_mask'),
        place: flat('place'),
        place_mask: flat('place_mask'),
        grade: flat('grade'),
        grade_mask: flat('grade_mask'),
      };
      return (await opened.logLikelihood(columns, { samples: 5 })).values;
    };
    expect(await likelihoods(zeros)).toEqual(await likelihoods(others));
    const { amount, grade } = await opened.sample({ market: 1 }, { draw: true, seed: 1 });
    expect([amount.shape, grade.shape]).toEqual([
      [1, 4, 1],
      [1, 4],
    ]);
    await opened.close();
    rmSync(folder, { recursive: true });
  });
});

describe('in place of a missing class may be the end, which then ends nothing', () => {
  const first = categorical('stop', 'a', 'b', { at: [4], end: 'stop', mask: true });
  const last = categorical('a', 'b', 'stop', { at: [4], end: 'stop', mask: true });

  /** Returns how many classes the loss counts, all of which are equally probable. */
  const counted = async (target: typeof first | typeof last, y: readonly (string | null)[]): Promise<number> => {
    const uniform = cvae({
      condition: { market: categorical(2) },
      target,
      latent: 1,
      recognition: ({ market }) => market.pipe(gaussian(1)),
      decoder: ({ z, market }) =>
        steps(target, { start: constant([3], 0), state: concat(z, market).pipe(dense(2)) }, ({ previous, state }) => ({
          out: mul(concat(previous, state).pipe(dense(3)), 0),
          state,
        })),
    });
    const data = Array.from({ length: 8 }, (_, i) => ({ market: i % 2, y }));
    const engine = await engineOf('onnx');
    const { epochs } = await train(uniform, data, { epochs: 1, batch: 8, validation: 0, engine });
    return (epochs[0]?.train['reconstruction'] ?? NaN) / Math.log(3);
  };

  test.each([
    [['a', null, 'b', 'stop'], 3],
    [['a', null, 'b', 'a'], 3],
    [[null, 'b', 'stop', 'stop'], 2],
    [['a', 'stop', null, null], 2],
  ])('%j', async (y, count) => {
    expect(await counted(first, y)).toBeCloseTo(count, 5);
    expect(await counted(last, y)).toBeCloseTo(count, 5);
  });
});
