import { encode } from 'fast-png';
import { distributionOf, type Distributed } from '../distributions/data/table.ts';
import type { ImagesSnapshot, Shown, Taken } from '../formats/snapshot.ts';
import { fillNormals, stream } from '../random.ts';
import { picture, toRgba, type Picture } from '../runtime/picture.ts';
import { outputs } from '../runtime/result.ts';
import { size } from '../shape/size.ts';
import type { TargetSignature } from '../signature.ts';
import type { Graph } from '../graph/graph.ts';
import type { Weights } from '../weights/weights.ts';
import { labelOf } from './cases.ts';
import { latentsOf } from './latents.ts';
import type { Scene } from './scene.ts';
import { written } from './steps.ts';
import { fitted, sheet } from './sheet.ts';

const SAMPLES = 8;

/** Returns [height, width, channels] of a target that can be shown. */
export const viewOf = ({
  image,
  dataShape,
  ...target
}: Distributed & Pick<TargetSignature, 'image' | 'dataShape'>): readonly [number, number, number] | undefined => {
  const [height = 0, width = 0, ...more] = dataShape;
  if (image) return image;
  return distributionOf(target).values === 'classes' && dataShape.length === 2 && more.length === 0
    ? [height, width, 1]
    : undefined;
};

/** Draws a model's pictures of each example: its input, the truth, samples, and the truth encoded by q and decoded. */
export async function drawImages(
  scene: Scene,
  target: TargetSignature,
  weights: Weights,
  epoch: number,
  recognised: boolean,
): Promise<Taken> {
  const { model, graphs, engine, seed, given, examples, count } = scene;
  const { y = new Float32Array(), mask } = given;
  const conditions = Object.keys(model.condition);
  const compute = (graph: Graph, values: Scene['given'], rows = count) => engine.compute(graph, weights, values, rows);
  const pictures = (values: Float32Array, rows: number): readonly Picture[] => {
    const shape = [rows, ...(values.length === rows * size(target.shape) ? target.shape : target.dataShape)];
    const shown = outputs(target, { data: composed(scene, values, rows, mask), shape });
    return Array.from({ length: rows }, (_, row) => shown.image(row));
  };
  /** Returns y's means; of steps, what is written with the most probable steps. */
  const decoded = async (values: Scene['given'], rows: number): Promise<Float32Array> => {
    if (graphs.decoder) return (await compute(graphs.decoder, values, rows))['y'] ?? y;
    const taken = Object.entries(values).filter(([name]) => name === 'z' || conditions.includes(name));
    return (await written(scene, target, weights, Object.fromEntries(taken), rows))['y'] ?? y;
  };
  const sampled = async (values: Scene['given'], rows: number): Promise<Float32Array> => {
    if (graphs.sampler) return (await compute(graphs.sampler, values, rows))['y'] ?? y;
    return decoded({ ...values, z: await latentsOf({ graphs, engine, weights, given: values, count: rows }) }, rows);
  };
  const columns: [Shown, readonly Picture[]][] = [];

  for (const name of conditions) {
    const { kind, shape } = model.condition[name] ?? {};
    const values = given[name];
    if (kind !== 'image' || !shape || !values) continue;
    const [height = 0, width = 0, channels = 1] = shape;
    const length = size(shape);
    columns.push([
      'given',
      Array.from({ length: count }, (_, i) =>
        picture(values.subarray(i * length, (i + 1) * length), [height, width, channels]),
      ),
    ]);
  }
  columns.push(['truth', pictures(y, count)]);
  if (graphs.baseline) columns.push(['guess', pictures((await compute(graphs.baseline, given))['y'] ?? y, count)]);
  if (graphs.recognition && recognised) {
    const { mean } = await compute(graphs.recognition, given);
    if (mean) columns.push(['reconstruction', pictures(await decoded({ ...given, z: mean }, count), count)]);
  }
  if (model.latent > 0) {
    // Each row once for each sample; the same noise in each row, so that a column shows one style.
    const rows = count * SAMPLES;
    const noise = new Float32Array(rows * model.latent);
    const once = fillNormals(new Float32Array(SAMPLES * model.latent), stream(seed, 'look'), model.latent);
    for (let row = 0; row < count; row++) noise.set(once, row * once.length);
    const values = Object.fromEntries(conditions.map((name) => [name, repeated(given[name], count)]));
    const drawn = pictures(await sampled({ ...values, noise }, rows), rows);
    for (let i = 0; i < SAMPLES; i++)
      columns.push(['sample', Array.from({ length: count }, (_, row) => drawn[row * SAMPLES + i] ?? EMPTY)]);
  } else columns.push(['sample', pictures(await decoded(given, count), count)]);

  const cell = fitted(viewOf(model.target) ?? [1, 1, 1]);
  const cells = Array.from({ length: count }, (_, row) => columns.map(([, all]) => toRgba(all[row] ?? EMPTY))).flat();
  const { width, height, data } = sheet(cells, columns.length, cell);
  const file = `${String(epoch).padStart(6, '0')}.png`;
  const png = encode({ width, height, channels: 4, depth: 8, data: new Uint8Array(data.buffer) });
  const rows = Array.from({ length: count }, (_, i) => labelOf(scene.conditions, examples, i));
  const snapshot: ImagesSnapshot = {
    kind: 'images',
    epoch,
    file,
    cell,
    rows,
    columns: columns.map(([shown]) => shown),
  };
  return { snapshot, files: new Map([[file, png]]) };
}

const EMPTY: Picture = { width: 1, height: 1, channels: 1, data: new Uint8ClampedArray(1) };

/** Repeats each row `SAMPLES` times in succession. */
const repeated = (values: Float32Array | undefined, count: number): Float32Array => {
  if (!values) return new Float32Array();
  const length = values.length / count;
  const out = new Float32Array(values.length * SAMPLES);
  for (let row = 0; row < count; row++)
    for (let i = 0; i < SAMPLES; i++)
      out.set(values.subarray(row * length, (row + 1) * length), (row * SAMPLES + i) * length);
  return out;
};

/** Returns y with the masked elements taken from the condition that gives them, or left dark. */
const composed = (
  { model, given, count }: Scene,
  values: Float32Array,
  rows: number,
  mask: Float32Array | undefined,
): Float32Array => {
  const named = model.target.mask;
  if (!mask || mask.length / count !== values.length / rows) return values;
  const known = typeof named === 'string' ? given[named] : undefined;
  const length = mask.length / count;
  const times = rows / count;
  return values.map((value, at) => {
    const from = Math.floor(Math.floor(at / length) / times) * length + (at % length);
    return mask[from] ? value : known?.length === mask.length ? (known[from] ?? 0) : 0;
  });
};
