import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { load } from '../../src/cli/load.ts';
import { caseOf, choicesOf } from '../../fuzz/definitions/case.ts';
import { objectiveOf } from '../../fuzz/definitions/product.ts';
import { givenTo, weightsOf } from '../../fuzz/definitions/values.ts';
import { judgeFile, judgeStep, type Question, type Values } from '../../fuzz/judge/judge.ts';
import { erf } from '../../fuzz/judge/layers.ts';
import { read } from '../../fuzz/judge/read.ts';
import { temporary } from '../cli/support/cli.ts';
import { IS_LONG } from '../support/chosen.ts';

// The judge must be right by itself: its gradients are the slopes of what it computes, and that is what is known by hand.

const folder = temporary();
const still = (): number => 0.5;

/** What the judge gives for a predictor of one vector. */
const given = (layers: string, shape: readonly number[], x: readonly number[], params: Values = {}) => {
  const text = `
    import { ${NAMES.join(', ')} } from 'cvae-compile';
    export default predictor({
      condition: { x: image(${shape.join(', ')}) },
      target: { parameters: ['mean'], scalable: false, mean: (p) => ({ y: p.mean }), nll: () => 0 },
      network: ({ x }) => x.pipe(${layers}),
    });`;
  const inputs = { x: { shape: [1, ...shape], data: x } };
  const { values } = judgeFile(read(text), 'predictor', { count: 1, params, inputs }, still);
  return values['y'];
};
const NAMES = ['predictor', 'image', 'conv2d', 'convTranspose2d', 'maxPool2d', 'avgPool2d', 'layerNorm', 'softmax'];

describe('the judge knows', () => {
  test('erf, by tables', () => {
    for (const [x, y] of [
      [0, 0],
      [0.5, 0.5204998778130465],
      [1, 0.8427007929497149],
      [2.5, 0.999593047982555],
      [3.5, 0.9999992569016276],
      [-1, -0.8427007929497149],
    ] as const)
      expect(erf(x)).toBeCloseTo(y, 14);
  });

  test('where a convolution of stride 2 begins: TensorFlow pads the end first', () => {
    const kernel = { shape: [3, 3, 1, 1], data: [1, 0, 0, 0, 10, 0, 0, 0, 100] };
    const params = { 'network/conv2d_1/kernel': kernel, 'network/conv2d_1/bias': { shape: [1], data: [0] } };
    const x = Array.from({ length: 16 }, (_, i) => i + 1);
    const found = given('conv2d(1, { stride: 2 })', [4, 4, 1], x, params);
    // Windows begin at 0 and 2, and their third row and column may lie outside.
    expect(found).toMatchObject({
      shape: [1, 2, 2, 1],
      data: Float64Array.of(1 + 60 + 1100, 3 + 80, 9 + 140, 11 + 160),
    });
  });

  test('that a transposed convolution paints what a convolution gathers', () => {
    const kernel = { shape: [2, 2, 1, 1], data: [1, 2, 3, 4] };
    const own = (name: string) => ({
      [`network/${name}/kernel`]: kernel,
      [`network/${name}/bias`]: { shape: [1], data: [0] },
    });
    const options = '{ kernel: 2, stride: 2 }';
    const params = { ...own('convTranspose2d_1'), ...own('conv2d_1') };
    const painted = given(`convTranspose2d(1, ${options})`, [1, 2, 1], [1, 10], params);
    expect(painted?.data).toEqual(Float64Array.of(1, 2, 10, 20, 3, 4, 30, 40));
    const back = given(`convTranspose2d(1, ${options}), conv2d(1, ${options})`, [1, 2, 1], [1, 10], params);
    expect(back?.data).toEqual(Float64Array.of(30, 300));
  });

  test('that padding counts in no pool', () => {
    const pool = '{ size: 2, stride: 2, padding: "same" }';
    expect(given(`avgPool2d(${pool})`, [1, 3, 1], [1, 3, 7])?.data).toEqual(Float64Array.of(2, 7));
    expect(given(`maxPool2d(${pool})`, [1, 3, 1], [-1, -3, -7])?.data).toEqual(Float64Array.of(-1, -7));
  });

  test('softmax of large numbers, and a layer normalisation', () => {
    expect(given('softmax', [1, 1, 2], [1000, 1000])?.data).toEqual(Float64Array.of(0.5, 0.5));
    const params = {
      'network/layerNorm_1/gamma': { shape: [2], data: [2, 2] },
      'network/layerNorm_1/beta': { shape: [2], data: [1, 1] },
    };
    const [low = NaN, high = NaN] = Array.from(given('layerNorm', [1, 1, 2], [1, 3], params)?.data ?? []);
    // ε is float32's.
    expect(high).toBeCloseTo(1 + 2 / Math.sqrt(1 + 1e-5), 10);
    expect(low).toBeCloseTo(1 - 2 / Math.sqrt(1 + 1e-5), 10);
  });
});

/** A definition of the fuzzer's, and a question about its training step. */
const stepOf = async (at: number) => {
  const one = caseOf(choicesOf(1, at));
  const path = join(folder, `judge${at}.ts`);
  writeFileSync(path, one.text);
  const definition = await load(path);
  const objective = objectiveOf(definition, false);
  const params = weightsOf(objective.params, 1, 'trained');
  const question: Question = { count: 2, params, ...givenTo(objective, 2, params, definition.model, 1) };
  const trainable = objective.params.filter((param) => param.trainable).map(({ name }) => name);
  return { judge: read(one.text), question, trainable, name: one.text };
};

it('has the gradients that differences have', { timeout: 120_000 }, async () => {
  let [compared, sharp] = [0, 0];
  for (let at = 0; at < (IS_LONG ? 16 : 8); at++) {
    const { judge, question, trainable, name: text } = await stepOf(at);
    // Where the gradient is stopped on purpose, it is not the slope.
    if (text.includes('stopGradient')) continue;
    const { values } = judgeStep(judge, question, still);
    const lossAt = (name: string, i: number, h: number): number => {
      const { shape, data } = question.params[name] ?? { shape: [], data: [] };
      const moved = Float64Array.from(data);
      moved[i] = (moved[i] ?? 0) + h;
      const params = { ...question.params, [name]: { shape, data: moved } };
      return judgeStep(judge, { ...question, params }, still).values['loss']?.data[0] ?? NaN;
    };
    for (const name of trainable.slice(0, 4)) {
      const slope = values[`gradient/${name}`]?.data[0] ?? NaN;
      const [rough, fine] = [1e-5, 1e-6].map((h) => (lossAt(name, 0, h) - lossAt(name, 0, -h)) / (2 * h));
      const scale = Math.max(1, Math.abs(slope));
      compared++;
      // At a kink the two differences are apart, and say nothing.
      if (Math.abs((rough ?? NaN) - (fine ?? NaN)) > 1e-4 * scale) continue;
      sharp++;
      expect(Math.abs(slope - (fine ?? NaN)) / scale, `${name} of definition ${at}`).toBeLessThan(1e-3);
    }
  }
  expect(compared).toBeGreaterThan(IS_LONG ? 30 : 15);
  expect(sharp / compared).toBeGreaterThan(0.8);
});

it('says how far float32 may be from it: a difference of large numbers moves, a sum does not', () => {
  const text = (body: string) => `
    import { predictor, continuous, squaredError, add, sub, mul } from 'cvae-compile';
    export default predictor({ condition: { x: continuous(1) }, target: squaredError(1), network: ({ x }) => ${body} });`;
  const one = (value: number) => ({ shape: [1], data: [value] });
  const params = {
    'scaling/x/mean': one(0),
    'scaling/x/deviation': one(1),
    'scaling/y/mean': one(0),
    'scaling/y/deviation': one(1),
  };
  const inputs = { x: { shape: [1, 1], data: [1] } };
  let i = 0;
  const random = (): number => [0, 1, 0.25, 0.75][i++ % 4] ?? 0;
  const moved = (body: string): number =>
    judgeFile(read(text(body)), 'predictor', { count: 1, params, inputs }, random).wobble['y']?.[0] ?? NaN;
  expect(moved('add(x, 1)')).toBeLessThan(1e-6);
  expect(moved('sub(add(mul(x, 1), 1e6), 1e6)')).toBeGreaterThan(1e-3);
});
