import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { exportModel } from 'cvae-compile/compiler';
import { csv, monthOf } from 'cvae-compile/data';
import { open } from 'cvae-compile/runtime';
import { train, type Training, type TrainOptions } from 'cvae-compile/train';
import { dayFigures, type DayFigures } from './days.ts';
import { judgeOf, pictureFigures, picturesIn, type PictureFigures } from './judged.ts';
import { BEFORE } from './models.ts';
import { emojiFolder, fashionFolder, weatherFile } from './sets.ts';
import { withTables } from './tables.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const here = fileURLToPath(new URL('.', import.meta.url));
const folder = join(root, 'out', 'research', 'first-models');

const SETS = ['weather', 'emoji', 'fashion'] as const;
type Name = (typeof SETS)[number];

/** How training ended, and what the draws are like. */
export interface Trained {
  /** Test −ELBO and its KL, in nats. */
  readonly negativeElbo: number;
  readonly kl: number;
  readonly epochs: number;
  readonly ended: string;
  readonly pictures?: PictureFigures;
  readonly days?: DayFigures;
}

/**
 * What results.json holds: each set before, by the same network trained as today, and after; and the share of test examples whose class
 * the judge classifies correctly.
 */
export type Results = Readonly<
  Partial<
    Record<
      Name,
      { readonly judge: number; readonly before: Trained; readonly longer: Trained; readonly after: Trained }
    >
  >
>;

/** What `train` was by default: a fixed number of epochs, at one rate. */
const ONCE = { epochs: 10, learningRate: 1e-3, batch: 128, seed: 1, engine: 'onnx' } as const;

/**
 * Trains what a first model was and what `init --from` writes today, unless that has been trained, and compares their draws. The words
 * are the folder where the packages are installed, and the sets; `--minutes` bounds each training that has no number of epochs. Gives the exit
 * code.
 */
export async function main(words: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...words],
    options: { minutes: { type: 'string' } },
    allowPositionals: true,
  });
  const [packages, ...named] = positionals;
  const wrong = named.find((name) => !SETS.some((set) => set === name));
  if (packages === undefined || wrong !== undefined) {
    console.error(
      `first-models: expected a folder with packages, and sets (${SETS.join(', ')}), got ${wrong ?? 'nothing'}`,
    );
    return 2;
  }
  await mkdir(join(folder, 'node_modules'), { recursive: true });
  // A project's definition imports the package by its name.
  await symlink(root, join(folder, 'node_modules', 'cvae-compile'), 'junction').catch(() => undefined);
  for (const name of SETS) {
    if (named.length > 0 && !named.includes(name)) continue;
    const from = await FROM[name](packages);
    after(name, from, values.minutes);
    const results: Results = { ...(await read()), [name]: await compared(name, from, values.minutes) };
    await writeFile(join(here, 'results.json'), `${JSON.stringify(results, null, 2)}\n`);
  }
  const page = join(root, 'docs', 'first-models.md');
  await writeFile(page, withTables(await readFile(page, 'utf8'), await read()));
  return 0;
}

const read = async (): Promise<Results> =>
  // Written by this program.
  JSON.parse(await readFile(join(here, 'results.json'), 'utf8').catch(() => '{}'));

const FROM: Readonly<Record<Name, (packages: string) => Promise<string>>> = {
  weather: (packages) => weatherFile(packages, folder),
  emoji: (packages) => emojiFolder(packages, folder),
  fashion: () => fashionFolder(folder),
};
const COLUMNS = ['--target', 'precipitation,temp_max,temp_min,wind', '--condition', 'date,weather'];

/** Does what a new user does: init, train, export. */
const after = (name: Name, from: string, minutes: string | undefined): void => {
  const project = join(folder, `${name}-model`);
  if (!existsSync(project)) cli(folder, 'init', project, '--from', from, ...(name === 'weather' ? COLUMNS : []));
  const bound = minutes === undefined ? [] : ['--minutes', minutes];
  if (!existsSync(join(project, 'out', 'run', 'weights.safetensors')))
    cli(project, 'train', 'model.ts', '--out', 'out/run', '--engine', 'onnx', '--seed', '1', ...bound);
  if (!existsSync(join(project, 'out', 'model')))
    cli(project, 'export', 'model.ts', '--weights', 'out/run', '--out', 'out/model');
};

const cli = (cwd: string, ...words: readonly string[]): void => {
  const { status } = spawnSync(process.execPath, [join(root, 'dist', 'cli', 'bin.js'), ...words], {
    cwd,
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) throw new Error(`first-models: cvae-compile ${words.join(' ')} ended with ${status}`);
};

const picture = (name: string): string => join(root, 'docs', 'first-models', `${name}.png`);

const compared = async (name: Name, from: string, minutes: string | undefined) => {
  const judge = await judgeOf(name, from, join(folder, `${name}-judge`));
  const figures = async (exported: string, when: string) => {
    const model = await open(exported);
    try {
      if (name !== 'weather') return { pictures: await pictureFigures(model, judge, picture(`${name}-${when}`)) };
      const pictures = { days: picture('weather-data'), draws: picture(`weather-${when}`) };
      return { days: await dayFigures(model, from, judge, pictures) };
    } finally {
      await model.close();
    }
  };
  await mkdir(join(root, 'docs', 'first-models'), { recursive: true });
  const before = await trained(name, from, 'before', ONCE, figures);
  const { batch, seed, engine } = ONCE;
  const longer = await trained(
    name,
    from,
    'longer',
    { batch, seed, engine, ...(minutes && { minutes: Number(minutes) }) },
    figures,
  );
  const project = join(folder, `${name}-model`, 'out');
  const lines = (await readFile(join(project, 'run', 'metrics.jsonl'), 'utf8')).trim().split('\n');
  // The last line is the result, as `train` writes it.
  const last: Pick<Training, 'test' | 'ended'> & { readonly epochs: number } = JSON.parse(lines.at(-1) ?? '{}');
  const after = { ...endOf(last, last.epochs), ...(await figures(join(project, 'model'), 'after')) };
  await judge.close();
  return { judge: judge.right, before, longer, after };
};

/** Trains what a first model was, and measures its draws. */
const trained = async (
  name: Name,
  from: string,
  when: string,
  options: TrainOptions,
  figures: (exported: string, when: string) => Promise<Pick<Trained, 'pictures' | 'days'>>,
): Promise<Trained> => {
  const derive = { month: ({ date = '' }: Readonly<Record<string, string>>) => monthOf(date) };
  const columns = { y: ['precipitation', 'temp_max', 'temp_min', 'wind'] };
  const data = name === 'weather' ? csv(from, { columns, derive, test: 0.1 }) : await picturesIn(name, from);
  const result = await train(BEFORE[name], data, options);
  const out = join(folder, `${name}-${when}`);
  await rm(out, { recursive: true, force: true });
  const { names, display } = result;
  await exportModel(BEFORE[name], result.weights, { out, names, ...(display && { display }) });
  return { ...endOf(result, result.epochs.length), ...(await figures(out, when)) };
};

const endOf = ({ test, ended }: Pick<Training, 'test' | 'ended'>, epochs: number) => ({
  negativeElbo: test?.['negativeElbo'] ?? NaN,
  kl: test?.['kl'] ?? NaN,
  epochs,
  ended: ended.by,
});
