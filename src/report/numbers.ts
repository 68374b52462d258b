import type { NumbersLook } from '../formats/look.ts';
import { fillNormals, normals, stream, uniforms } from '../random.ts';
import { drawTarget } from '../runtime/draw.ts';
import { classTexts, DRAW_NOISE, elementTexts, type TargetSignature } from '../signature.ts';
import { size } from '../shape/shape.ts';
import type { Weights } from '../weights/weights.ts';
import type { Scene, Taken } from './look.ts';

const SHOWN = 6;

/** Draws y for each example, with z from the prior; its mean, where the target has no distribution, or one of its own. */
export async function drawNumbers(
  { model, graphs, engine, seed, given, count }: Scene,
  target: TargetSignature,
  weights: Weights,
  epoch: number,
): Promise<Taken> {
  const noise = fillNormals(new Float32Array(count * model.latent), stream(seed, 'look'), model.latent);
  const { y: mean = new Float32Array(), logVar } = await engine.compute(
    graphs.sampler ?? graphs.decoder,
    weights,
    { ...given, noise },
    count,
  );
  const length = size(target.dataShape);
  const key = stream(seed, 'look', 'y');
  const kind = DRAW_NOISE[target.distribution];
  const drawn =
    kind === undefined
      ? mean
      : drawTarget(target, { data: mean, shape: [count, ...target.shape] }, logVar, {
          data: (kind === 'normal' ? normals : uniforms)(key, count, length),
          shape: [count, ...target.dataShape],
        }).data;
  const truth = indexed(given['y'] ?? new Float32Array(), target, count);
  const column = (values: Float32Array, j: number): readonly number[] =>
    Array.from({ length: count }, (_, row) => Number((values[row * length + j] ?? 0).toPrecision(5)));
  const texts = elementTexts('y', target);
  const elements = Array.from({ length }, (_, j) => j)
    .map((j) => ({ j, spread: variance(column(truth, j)) }))
    .sort((a, b) => b.spread - a.spread)
    .slice(0, SHOWN)
    .map(({ j }) => j)
    .sort((a, b) => a - b)
    .map((j) => ({ name: texts[j] ?? 'y', truth: column(truth, j), drawn: column(drawn, j) }));
  const classes = target.distribution === 'categorical' ? classTexts(target) : undefined;
  const look: NumbersLook = {
    kind: 'numbers',
    epoch,
    elements,
    of: length,
    ...(classes && { classes }),
    ...(kind === undefined && { means: true }),
  };
  return { look, files: new Map() };
}

/** Classes as indices, where the networks see them one-hot. */
const indexed = (y: Float32Array, target: TargetSignature, count: number): Float32Array => {
  if (target.distribution !== 'categorical') return y;
  const classes = target.shape.at(-1) ?? 1;
  return Float32Array.from({ length: count * size(target.dataShape) }, (_, at) => {
    const one = y.subarray(at * classes, (at + 1) * classes);
    return one.indexOf(Math.max(...one));
  });
};

const variance = (values: readonly number[]): number => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
};
