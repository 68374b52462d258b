import { describe, expectTypeOf, it } from 'vitest';
import {
  bernoulli,
  categorical,
  concat,
  continuous,
  cvae,
  dense,
  gaussian,
  image,
  normal,
  predictor,
  relu,
} from '../../src/index.ts';
import type * as node from '../../src/runtime/node.ts';
import type * as web from '../../src/runtime/web.ts';
import type {
  ConditionsOf,
  ExampleOf,
  Model,
  ModelOf,
  PredictorModel,
  Samples,
  SamplesOf,
} from '../../src/runtime/node.ts';

const digits = cvae({
  condition: { digit: categorical(10), pet: categorical('cat', 'dog'), size: continuous(1), point: continuous(3) },
  target: bernoulli(784, { image: [28, 28, 1] }),
  latent: 20,
  recognition: ({ y, digit }) => concat(y, digit).pipe(dense(8), relu, gaussian(20)),
  decoder: ({ z, digit, pet, size, point }) => concat(z, digit, pet, size, point).pipe(dense(784)),
});
const guess = predictor({
  condition: { x: image(2, 2, 1) },
  target: bernoulli(2, 2, 1),
  network: ({ x }) => x,
});

describe('conditions', () => {
  type Given = ConditionsOf<typeof digits>;

  it('are typed by the definition, one value or a batch of each', () => {
    expectTypeOf<{ digit: number; pet: 'cat'; size: number; point: number[] }>().toExtend<Given>();
    expectTypeOf<{ digit: number[]; pet: ('cat' | 'dog')[]; size: number[]; point: number[][] }>().toExtend<Given>();
    expectTypeOf<{
      digit: Float32Array;
      pet: (number | Float32Array)[];
      size: Float32Array;
      point: Float32Array;
    }>().toExtend<Given>();
    expectTypeOf<{ x: Uint8Array }>().toExtend<ConditionsOf<typeof guess>>();
  });

  it('that are missing, misspelt or of another type do not compile', () => {
    expectTypeOf<{ digit: number; size: number; point: number[] }>().not.toExtend<Given>();
    expectTypeOf<{ digit: 'seven' }>().not.toExtend<Pick<Given, 'digit'>>();
    expectTypeOf<{ pet: 'cow' }>().not.toExtend<Pick<Given, 'pet'>>();
    expectTypeOf<{ point: number }>().not.toExtend<Pick<Given, 'point'>>();
    const sample = (model: ModelOf<typeof digits>) =>
      // @ts-expect-error: there is no such condition
      model.sample({ digit: 1, pet: 'cat', size: 1, point: [1, 2, 3], colour: 1 });
    expectTypeOf(sample).returns.resolves.toEqualTypeOf<Samples>();
  });
});

describe('a model', () => {
  it('does what its kind can, and everything where the definition is not known', () => {
    expectTypeOf<ModelOf<typeof digits>>().toEqualTypeOf<Model<typeof digits>>();
    expectTypeOf<ModelOf<typeof guess>>().toEqualTypeOf<PredictorModel<typeof guess>>();
    expectTypeOf<ModelOf<typeof guess>>().not.toHaveProperty('sample');
    expectTypeOf<ConditionsOf<{ '~kind': 'cvae'; condition: Record<string, object> }>>().toEqualTypeOf<
      Readonly<Record<string, unknown>>
    >();
  });
});

describe('an example', () => {
  const several = cvae({
    condition: { month: categorical('Jan', 'Jul'), age: continuous(1, { mask: true }) },
    target: { heat: normal(2, { mask: true }), sky: categorical('clear', 'rain') },
    latent: 2,
    recognition: ({ y, mask, month, age, age_mask }) =>
      concat(y.heat, y.sky, mask.heat, month, age, age_mask).pipe(gaussian(2)),
    decoder: ({ z, month }) => {
      const seen = concat(z, month);
      return { heat: seen.pipe(dense(2)), sky: seen.pipe(dense(2)) };
    },
  });
  type One = ExampleOf<typeof digits>;
  type Several = ExampleOf<typeof several>;

  it('is conditions and y, or each target by its name, with masks where the definition has some', () => {
    expectTypeOf<{ digit: 7; pet: 'cat'; size: 1; point: number[]; y: Uint8Array }>().toExtend<One>();
    expectTypeOf<{ digit: 7; pet: 'cat'; size: 1; point: number[] }>().not.toExtend<One>();
    expectTypeOf<{ month: 'Jan'; heat: (number | null)[]; sky: 'rain' }>().toExtend<Several>();
    expectTypeOf<{ month: 'Jan'; age: null; heat: null; heat_mask: number[]; sky: 'rain' }>().toExtend<Several>();
    expectTypeOf<{ month: 'Jan'; heat: number[]; sky: 'fog' }>().not.toExtend<Several>();
    expectTypeOf<{ month: 'Jan'; heat: number[] }>().not.toExtend<Several>();
    expectTypeOf<{ month: 'Jan'; heat: number[]; sky: null }>().not.toExtend<Several>();
  });

  it('is what questions take, whose answers are typed by the definition', () => {
    const ask = async (model: ModelOf<typeof several>) => {
      const day = { month: 'Jul', heat: [12, null], sky: 'rain' } as const;
      const posterior = await model.encode(day);
      const again = await model.reconstruct(day, { as: { month: 'Jan' } });
      // @ts-expect-error: there is no such month
      void model.reconstruct(day, { as: { month: 'May' } });
      // @ts-expect-error: there is no such condition
      void model.reconstruct(day, { as: { mouth: 'Jan' } });
      const near = await model.neighbours(posterior, { ...day, month: ['Jan', 'Jul'] });
      const samples = await model.sample({ month: 'Jan' }, { from: posterior });
      for await (const chunk of model.stream({ month: 'Jan' }, { from: samples.z })) return { again, near, chunk };
      return undefined;
    };
    type Answer = NonNullable<Awaited<ReturnType<typeof ask>>>;
    expectTypeOf<Answer['again']>().toEqualTypeOf<SamplesOf<typeof several>>();
    expectTypeOf<Answer['chunk']>().toEqualTypeOf<SamplesOf<typeof several>>();
    expectTypeOf<Answer['chunk']['sky']['data']>().toEqualTypeOf<Float32Array>();
    expectTypeOf<PredictorModel>().toHaveProperty('logLikelihood');
    expectTypeOf<PredictorModel>().not.toHaveProperty('encode');
  });
});

describe('the runtime of a page', () => {
  it('has the types of that of Node, which are the ones that are published', () => {
    expectTypeOf<typeof web.open>().toEqualTypeOf<typeof node.open>();
    expectTypeOf<typeof web.trainer>().toEqualTypeOf<typeof node.trainer>();
    expectTypeOf<typeof web>().toExtend<typeof node>();
  });
});
