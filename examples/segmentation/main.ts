import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { engineOf, evaluate, saveWeights, train, type Evaluation, type TrainOptions } from 'cvae-compile/train';
import { take, type Dataset } from 'cvae-compile/data';
import { data } from './data.ts';
import joint, { training as jointly } from './joint.ts';
import nn from './nn.ts';
import { picture } from './picture.ts';
import pretrained, { training as beforehand } from './pretrained.ts';
import { tableOf } from './table.ts';

const here = fileURLToPath(new URL('.', import.meta.url));

/** The two forms of figure 1(d), and how each is trained. */
const FORMS = {
  pretrained: { model: pretrained, training: beforehand },
  joint: { model: joint, training: jointly },
} as const;
export type Form = keyof typeof FORMS;

/** One training, measured on the test part: the CVAE, and the guess that is a part of it by itself. */
export interface Run {
  readonly form: Form;
  readonly seed: number;
  readonly epochs: number;
  readonly examples: number;
  readonly cvae: Evaluation;
  readonly guess: Evaluation;
  readonly minutes: number;
  readonly node: string;
}

/** Where results and pictures go, and how much of everything there is: less, to be tried. */
export interface Places {
  readonly folder?: string;
  readonly weights?: string;
  readonly limit?: number;
  readonly samples?: number;
  /** Called with each epoch. */
  readonly say?: (line: string) => void;
}

/**
 * Trains each form with each seed that has no file in results/ yet, measures it, and writes README's table and picture anew.
 * `--epochs 10 --seeds 1`. Gives the exit code.
 */
export async function main(words: readonly string[], places: Places = {}): Promise<number> {
  const { values } = parseArgs({
    args: [...words],
    options: { epochs: { type: 'string' }, seeds: { type: 'string', default: '1' } },
  });
  const { folder = here, weights = join(here, '..', '..', 'out', 'segmentation'), limit, samples = 100 } = places;
  const { say = (line) => console.error(line) } = places;
  const epochs = values.epochs === undefined ? undefined : Number(values.epochs);
  const digits = await data();
  const dataset: Dataset =
    limit === undefined
      ? digits
      : { ...digits, train: take(digits.train, limit), ...(digits.test && { test: take(digits.test, limit) }) };
  const engine = await engineOf();
  const runs: Run[] = [];
  for (let seed = 1; seed <= Number(values.seeds); seed++)
    for (const form of ['pretrained', 'joint'] as const) {
      const file = join(folder, 'results', `${form}-${seed}.json`);
      const before = await readFile(file, 'utf8').catch(() => undefined);
      if (before !== undefined) {
        runs.push(JSON.parse(before));
        continue;
      }
      const { model, training } = FORMS[form];
      const options: TrainOptions = { ...training, ...(epochs !== undefined && { epochs }), seed, engine };
      const started = performance.now();
      const trained = await train(model, dataset, {
        ...options,
        onEpoch: ({ phase, epoch, train: means, validation, seconds }) =>
          say(
            `${form}, seed ${seed}: ${phase} ${epoch}  ${means['loss']?.toFixed(1)}  validation ${validation?.['loss']?.toFixed(1)}  ${seconds.toFixed(0)} s`,
          ),
      });
      await saveWeights(join(weights, `${form}-${seed}`, 'weights.safetensors'), trained.weights, {
        fingerprint: trained.fingerprint,
      });
      const minutes = (performance.now() - started) / 60_000;
      const measure = { engine, samples, seed: 1 };
      const run: Run = {
        form,
        seed,
        epochs: options.epochs ?? 10,
        examples: trained.data.examples,
        cvae: await evaluate(model, trained.weights, dataset, measure),
        guess: await evaluate(
          nn,
          new Map([...trained.weights].filter(([name]) => name.startsWith('guess/'))),
          dataset,
          measure,
        ),
        minutes,
        node: process.version,
      };
      await write(file, `${JSON.stringify(run, null, 2)}\n`);
      runs.push(run);
    }
  await picture(join(folder, 'segmented.png'), join(weights, 'pretrained-1'));
  const readme = await readFile(join(here, 'README.md'), 'utf8');
  await write(join(folder, 'README.md'), replaced(readme, tableOf(runs)));
  return 0;
}

/** README with another table between its marks. */
const replaced = (readme: string, table: string): string => {
  const [begin, end] = ['<!-- measured -->', '<!-- end -->'];
  const [from, to] = [readme.indexOf(begin), readme.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`README.md: expected ${begin} and ${end}, got neither`);
  return `${readme.slice(0, from + begin.length)}\n\n${table}\n\n${readme.slice(to)}`;
};

/** All of a file, or nothing. */
const write = async (path: string, content: string | Uint8Array): Promise<void> => {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.part`, content);
  await rename(`${path}.part`, path);
};
