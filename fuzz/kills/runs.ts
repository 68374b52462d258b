import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { treeOf } from '../../test/kill/support/tree.ts';
import { Wrong } from '../failure.ts';
import { killedAgain } from './exports.ts';
import { BIN, run, type Ended } from './program.ts';
import type { Scenario, Scenarios } from './scenario.ts';

/** A model whose data are a formula, so that it trains in no time. */
const MODEL = `
import { bernoulli, categorical, concat, cvae, dense, gaussian, relu } from 'cvae-compile';

export default cvae({
  condition: { kind: categorical('left', 'right') },
  target: bernoulli(16),
  latent: 2,
  prior: ({ kind }) => kind.pipe(dense(4), relu, gaussian(2)),
  recognition: ({ y, kind }) => concat(y, kind).pipe(dense(8), relu, gaussian(2)),
  decoder: ({ z, kind }) => concat(z, kind).pipe(dense(8), relu, dense(16)),
});

const examples = (count: number) => Array.from({ length: count }, (_, i) => ({
  kind: i % 2 === 0 ? 'left' : 'right',
  y: Array.from({ length: 16 }, (_, p) => Number((p % 4 < 2) === (i % 2 === 0)) * (0.5 + (i % 7) / 14)),
}));

export const data = { train: examples(96), test: examples(16) };
`;
const OPTIONS = ['--engine', 'onnx', '--epochs', '2', '--batch', '32', '--no-tensorboard'];

/** The program that trains into a folder. */
const training = (place: string, work: string, ...more: readonly string[]): readonly string[] => [
  BIN,
  'train',
  join(place, 'model.ts'),
  '--out',
  work,
  ...more,
];
const fresh = (place: string, work: string, seed: number): readonly string[] =>
  training(place, work, ...OPTIONS, '--checkpoint-steps', '2', '--seed', `${seed}`);

/** @throws where a command fails, or ends in what is no sentence */
const ended = ({ status, signal, said }: Ended, what: string): void => {
  if (status !== 0) throw new Wrong(`${what} fails`, `exit ${status ?? signal}: ${said}`);
};

/** A folder in which runs of some seeds were trained one over another, made once. */
const trained = async (place: string, name: string, seeds: readonly number[]): Promise<string> => {
  const folder = join(place, name);
  if (existsSync(folder)) return folder;
  await mkdir(place, { recursive: true });
  await writeFile(join(place, 'model.ts'), MODEL);
  for (const seed of seeds) ended(await run(fresh(place, folder, seed), folder), 'training');
  return folder;
};

const weightsIn = (folder: string): string | undefined =>
  existsSync(join(folder, 'weights.safetensors')) ? treeOf(folder)['weights.safetensors'] : undefined;

/** Temporary files of a process that was killed must be gone after the next one. */
const checkClean = (work: string, what: string): void => {
  const hidden = readdirSync(work, { recursive: true, encoding: 'utf8' }).filter((name) => /(^|\/)\./.test(name));
  if (hidden.length > 0) throw new Wrong(`${what} leaves something`, hidden.join(', '));
};

/** A run that is killed resumes to the weights of one that was not, to the bit, or starts over if it has saved nothing. */
const resumed = async (place: string): Promise<Scenario> => {
  const whole = await trained(place, 'one', [2]);
  return {
    name: 'train',
    begin: async () => undefined,
    words: (work) => fresh(place, work, 2),
    check: async (work, choices) => {
      const kept = existsSync(join(work, 'checkpoints')) ? readdirSync(join(work, 'checkpoints')) : [];
      const goOn = kept.some((name) => /^\d.*\.safetensors$/.test(name));
      const next = goOn ? training(place, work, '--resume') : fresh(place, work, 2);
      await killedAgain(next, work, choices);
      const again = await run(goOn ? training(place, work, '--resume') : next, work);
      ended(again, goOn ? 'resuming' : 'training again');
      if (weightsIn(work) !== weightsIn(whole))
        throw new Wrong('a resumed run has other weights', `killed, and gone on with from ${kept.join(', ')}`);
      checkClean(work, 'the next run');
    },
  };
};

/** A run that is killed over an older one loses neither. */
const over = async (place: string): Promise<Scenario> => {
  const older = await trained(place, 'two', [1, 3]);
  const [now, before] = [weightsIn(older), weightsIn(join(older, 'previous'))];
  return {
    name: 'train over a run',
    begin: (work) => cp(older, work, { recursive: true }),
    words: (work) => fresh(place, work, 2),
    check: async (work) => {
      const found = [work, join(work, 'previous'), ...moving(work)].map(weightsIn);
      if (!found.includes(now)) throw new Wrong('a run is lost', `weights of the older run: found ${found.join(', ')}`);
      ended(await run(fresh(place, work, 5), work), 'the next run');
      // Whichever of the two had weights last is there: the older one, unless the killed one had got so far.
      const previous = join(work, 'previous');
      const aside = weightsIn(previous) ?? weightsIn(join(previous, 'previous'));
      if (aside === undefined || aside === before)
        throw new Wrong('a run is lost', `previous/ has ${aside === before ? 'an older run' : 'no weights'}`);
      checkClean(work, 'the next run');
    },
  };
};

/** Where a run is on its way to previous/. */
const moving = (work: string): readonly string[] =>
  existsSync(work)
    ? readdirSync(work)
        .filter((name) => name.startsWith('.'))
        .map((name) => join(work, name))
    : [];

/** A report that is killed leaves the old page or the new one. */
const reported = async (place: string): Promise<Scenario> => {
  const source = await trained(place, 'one', [2]);
  return {
    name: 'report',
    begin: async (work) => {
      await cp(source, work, { recursive: true });
      await writeFile(join(work, 'report.html'), 'old');
    },
    words: (work) => [BIN, 'report', work],
    check: async (work) => {
      const page = readFileSync(join(work, 'report.html'), 'utf8');
      if (page !== 'old' && !page.trimEnd().endsWith('</html>')) throw new Wrong('half a page', page.slice(-80));
      ended(await run([BIN, 'report', work], work), 'the next report');
      checkClean(work, 'the next report');
    },
  };
};

/** An export by the command line, over another one. */
const exported = async (place: string): Promise<Scenario> => {
  const weights = await trained(place, 'one', [2]);
  const words = (to: string, ...more: readonly string[]): readonly string[] => [
    BIN,
    'export',
    join(place, 'model.ts'),
    '--weights',
    weights,
    '--out',
    to,
    ...more,
  ];
  const first = join(place, 'exported');
  if (!existsSync(first)) ended(await run(words(first, '--evaluation', '2'), first), 'an export');
  return {
    name: 'export by the command line',
    begin: (work) => cp(first, work, { recursive: true }),
    words: (work) => words(work, '--training'),
    check: async (work, choices) => {
      const { status, said } = await run([BIN, 'verify', work], work);
      if (status !== 0 && !/^error: [^\n]*; [^\n]*$/m.test(said)) throw new Wrong('no sentence', said);
      await killedAgain(words(work, '--recognition'), work, choices);
      ended(await run(words(work, '--recognition'), work), 'the next export');
      ended(await run([BIN, 'verify', work], work), 'verify');
      checkClean(work, 'the next export');
    },
  };
};

export const RUNS: Scenarios = {
  train: resumed,
  'train over a run': over,
  'export by the command line': exported,
  report: reported,
};
