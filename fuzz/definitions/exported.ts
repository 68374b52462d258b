// A definition as its users have it: written to a folder, verified, opened again, and sampled with conditions as users write them.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Compiled } from '../../src/export/compile.ts';
import { onnxruntime } from '../../src/export/engine.ts';
import { verify } from '../../src/export/verify.ts';
import { write } from '../../src/export/write.ts';
import type { Model } from '../../src/dsl/model.ts';
import type { Variable } from '../../src/dsl/variables.ts';
import { loadOrt } from '../../src/runtime/ort-node.ts';
import { open } from '../../src/runtime/node.ts';
import { size } from '../../src/shape/size.ts';
import { part, Wrong } from '../failure.ts';
import { judgeFile, type Values } from '../judge/judge.ts';
import type { Read } from '../judge/read.ts';
import { compare, FLOAT32 } from './compare.ts';
import { inputOf } from './values.ts';

interface Exported {
  readonly folder: string;
  readonly compiled: Compiled;
  readonly model: Model;
  readonly judge: Read;
  readonly params: Values;
  readonly seed: number;
  readonly random: () => number;
}

const COUNT = 2;

/** A value of a condition for each of some rows, as a user gives it: classes by number, numbers and pixels in lists. */
const given = ({ kind, shape, dataShape, classes }: Variable, { data }: Values[string]): readonly unknown[] => {
  const length = size(shape);
  return Array.from({ length: COUNT }, (_, row) => {
    const own = Array.from(data).slice(row * length, (row + 1) * length);
    if (kind !== 'categorical') return dataShape.length === 0 ? own[0] : own;
    const k = shape.at(-1) ?? 1;
    const each = Array.from({ length: length / k }, (__, i) => own.slice(i * k, (i + 1) * k).indexOf(1));
    if (dataShape.length > 0) return each;
    const [first = 0] = each;
    return typeof classes === 'object' && row === 0 ? classes[first] : first;
  });
};

/** Writes, verifies, opens and samples; @throws Wrong if something is refused, or differs from the judge */
export async function tryExported({ folder, compiled, model, judge, params, seed, random }: Exported): Promise<void> {
  const place = join(folder, 'exported');
  const engine = onnxruntime(await loadOrt(), 'onnxruntime-node');
  await part('export', () =>
    write(place, compiled, (staged) => verify(staged, compiled.manifest, { engine, fresh: true })),
  );
  const inputs = Object.fromEntries(
    Object.entries(model.condition).map(([name, { shape }]) => [
      name,
      inputOf(name, shape, COUNT, seed, { ...model, params }),
    ]),
  );
  const conditions = Object.fromEntries(
    Object.entries(model.condition).map(([name, variable]) => [
      name,
      given(variable, inputs[name] ?? { shape: [], data: [] }),
    ]),
  );
  const opened = await part('open', () => open(place));
  try {
    const { passed, largest } = await part('self-test', () => opened.selfTest());
    if (!passed) throw new Wrong('self-test', `the files do not prove themselves: ${largest} apart`);
    const ask = (name: string, z?: Values[string]) =>
      judgeFile(judge, name, { count: COUNT, params, inputs: { ...inputs, ...(z && { z }) } }, random);
    const tell = async (
      name: string,
      right: ReturnType<typeof ask>,
      call: () => Promise<Values[string]>,
    ): Promise<void> => {
      const { data, shape } = await part('open', call);
      const { wrong } = compare({ y: { data, shape } }, right, FLOAT32, ['y']);
      if (wrong !== undefined) throw new Wrong('open', `${name}: ${wrong}`);
    };
    // Without conditions there is one row, whatever is asked for.
    if (Object.keys(conditions).length === 0) return;
    await tell('mean', ask('mean'), () => opened.mean(conditions));
    if (model.latent === 0 || !('decode' in opened)) return;
    const z = {
      shape: [COUNT, model.latent],
      data: Float32Array.from({ length: COUNT * model.latent }, (_, i) => i / 3 - 1),
    };
    await tell('decode', ask('decoder', z), () => opened.decode(z.data, conditions));
    await tell('sample at temperature 0', ask('mean'), () => opened.sample(conditions, { temperature: 0, seed }));
    if (model.networks.baseline) await tell('baseline', ask('baseline'), () => opened.baseline(conditions));
  } finally {
    await opened.close();
    await rm(place, { recursive: true, force: true });
  }
}
