import type { NumbersSnapshot, Taken } from '../formats/snapshot.ts';
import { fillNormals, stream } from '../random.ts';
import { size } from '../shape/size.ts';
import { isClasses, type TargetSignature } from '../signature.ts';
import { classTexts, elementTexts } from '../values/element-names.ts';
import { maskName } from '../values/mask-name.ts';
import type { Weights } from '../weights/weights.ts';
import { drawnBy } from './draws.ts';
import { viewOf } from './images.ts';
import type { Scene } from './scene.ts';

/** How many elements of a target are shown: of a single one, and of each of several. */
const SHOWN = 6;
const EACH = 3;

/** Draws y for each example, with z from the prior; its mean if the target does not define how to draw. */
export async function drawNumbers(
  scene: Scene,
  target: TargetSignature,
  weights: Weights,
  epoch: number,
): Promise<Taken> {
  const { model, seed, given, count } = scene;
  const noise = fillNormals(new Float32Array(count * model.latent), stream(seed, 'look'), model.latent);
  const { targets } = target;
  const all = Object.entries(targets ?? { y: target });
  const drawn = await drawnBy({ ...scene, target, weights, given: { ...given, noise } });
  // An image among several targets is not shown.
  const elements = all
    .filter(([, one]) => !targets || viewOf(one) === undefined)
    .flatMap(([name, one]) => elementsOf(scene, name, one, drawn.get(name)?.data ?? new Float32Array(), !targets));
  const classes = isClasses(target) ? classTexts(target) : undefined;
  const snapshot: NumbersSnapshot = {
    kind: 'numbers',
    epoch,
    elements,
    of: all.reduce((sum, [, { dataShape }]) => sum + size(dataShape), 0),
    ...(classes && { classes }),
    ...([...drawn.values()].some(({ isMean }) => isMean) && { means: true }),
  };
  return { snapshot, files: new Map() };
}

/** Returns the elements of a target that vary most, but for what a mask leaves out. */
const elementsOf = (
  { given, count }: Scene,
  name: string,
  target: TargetSignature,
  drawn: Float32Array,
  alone: boolean,
): NumbersSnapshot['elements'] => {
  const length = size(target.dataShape);
  const truth = indexed(given[name] ?? new Float32Array(), target, count);
  const mask = given[maskName(name)];
  const rows = (j: number): readonly number[] =>
    Array.from({ length: count }, (_, row) => row).filter((row) => mask?.[row * length + j] !== 0);
  const column = (values: Float32Array, j: number): readonly number[] =>
    rows(j).map((row) => Number((values[row * length + j] ?? 0).toPrecision(5)));
  const texts = elementTexts(name, target);
  const classes = isClasses(target) && !alone ? classTexts(target) : undefined;
  return Array.from({ length }, (_, j) => j)
    .map((j) => ({ j, spread: variance(column(truth, j)) }))
    .sort((a, b) => b.spread - a.spread)
    .slice(0, alone ? SHOWN : EACH)
    .map(({ j }) => j)
    .sort((a, b) => a - b)
    .map((j) => ({
      name: texts[j] ?? name,
      truth: column(truth, j),
      drawn: column(drawn, j),
      ...(classes && { classes }),
      ...(hasAnyForm(target) && { anyForm: true }),
    }));
};

/** Whether it takes any form of a column: a likelihood whose files return normal scores. */
const hasAnyForm = ({ outputs = {} }: TargetSignature): boolean => Object.hasOwn(outputs, 'score');

/** Returns classes as indices if the networks see them one-hot. */
const indexed = (y: Float32Array, target: TargetSignature, count: number): Float32Array => {
  if (!isClasses(target)) return y;
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
