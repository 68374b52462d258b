import {
  anyPart,
  categorical,
  concat,
  continuous,
  cvae,
  flatten,
  gaussian,
  head,
  heads,
  hurdle,
  image,
  normal,
  bernoulli,
  type Tensor,
} from 'cvae-compile';
import type { open } from 'cvae-compile/runtime';
import { is, same } from './same.ts';

const target = { rain: hurdle(normal(1), { masses: 2 }), sky: categorical('clear', 'rain') };

// Of several targets records, in the shape in which networks see each.
const days = cvae({
  condition: { month: categorical(12) },
  target,
  latent: 2,
  known: anyPart(),
  prior: ({ known }) => {
    is<Tensor<[3]>>()(known.rain);
    is<Tensor<[3]>>()(known.rain_mask);
    is<Tensor<[2]>>()(known.sky_mask);
    return known.rain.pipe(gaussian(2));
  },
  recognition: ({ y, known }) => {
    // @ts-expect-error It is no target.
    return known.snow ?? y.rain.pipe(gaussian(2));
  },
  decoder: ({ z }) => z.pipe(heads(target)),
});
same<keyof typeof days.condition, 'month' | 'known_rain' | 'known_sky'>();

// Of a single one tensors.
const pictures = cvae({
  condition: {},
  target: bernoulli(28, 28, 1),
  latent: 2,
  known: anyPart({ by: ['block', 'element'] }),
  decoder: ({ z, known, known_mask }) => {
    is<Tensor<[28, 28, 1]>>()(known);
    is<Tensor<[28, 28, 1]>>()(known_mask);
    return z.pipe(head(bernoulli(28, 28, 1)));
  },
});

// Without it there is none.
cvae({
  condition: { photo: image(4, 4, 1) },
  target: normal(2),
  latent: 1,
  // @ts-expect-error Nothing is known of y.
  decoder: ({ z, known }) => (known ?? z).pipe(head(normal(2))),
});

export const use = async (opened: typeof open): Promise<void> => {
  const model = await opened<typeof days>('days');
  await model.impute({ month: 3, rain: 2, sky: null });
  await model.impute({ month: 3, sky: ['rain', null] }, { count: 2 });
  // @ts-expect-error It is no class.
  await model.impute({ month: 3, sky: 'snow' });
  // @ts-expect-error Conditions stay required.
  await model.impute({ rain: 2 });
  const other = await opened<typeof pictures>('pictures');
  await other.impute({ y: new Float32Array(784) });
};

// Of several axes, a value is a list, or lists within lists, and so is each of a batch.
const courses = cvae({
  condition: { weather: continuous(12, 2), site: continuous(2, { mask: true }) },
  target: normal(12, 6, { mask: true }),
  latent: 2,
  recognition: ({ y }) => y.pipe(flatten, gaussian(2)),
  decoder: ({ z, weather, site }) => concat(z, weather.pipe(flatten), site).pipe(head(normal(12, 6))),
});
export const nested = async (
  opened: typeof open,
  [flat, one, batch, none]: readonly [number[], number[][], number[][][], number[][][][]],
): Promise<void> => {
  const model = await opened<typeof courses>('courses');
  await model.sample({ weather: flat, site: [1, null] });
  await model.sample({ weather: one, site: one });
  await model.encode({ weather: batch, y: batch });
  await model.encode({ weather: flat, y: [one, [[1, null]]] });
  // @ts-expect-error There is no further axis.
  await model.sample({ weather: none });
  // @ts-expect-error A vector has one axis.
  await model.sample({ weather: batch, site: batch });
};

// Also where the model is what another function is given, from which nothing is to be inferred.
const given = <R>(value: R): R => value;
const inside = given(() =>
  cvae({
    condition: {},
    target,
    latent: 2,
    known: anyPart(),
    prior: ({ known }) => known.rain.pipe(gaussian(2)),
    decoder: ({ z }) => z.pipe(heads(target)),
  }),
);
same<keyof ReturnType<typeof inside>['condition'], 'known_rain' | 'known_sky'>();
