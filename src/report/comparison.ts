import { basename } from 'node:path';
import type { Run } from '../run/read-run.ts';
import { bestOf } from '../run/best.ts';

/** A run among others: what it is called, where it is, and what it gave. */
export interface Compared {
  readonly name: string;
  readonly folder: string;
  readonly run: Run;
  readonly figures: Figures;
  /** All settings as text: options, seed, data and model. */
  readonly settings: Readonly<Record<string, string>>;
}

/** The figures of a run; null where it has none. Losses are in `unit`, lower is better. */
export interface Figures {
  readonly unit: string;
  /** −ELBO, or a predictor's loss, on the test part, and its parts. */
  readonly test: number | null;
  readonly reconstruction: number | null;
  readonly kl: number | null;
  /** The lowest validation loss, and its epoch. */
  readonly validation: number | null;
  readonly bestEpoch: number | null;
  readonly epochs: number;
  readonly seconds: number;
  readonly parameters: number;
  /** How well drawn rows of a table can be distinguished from real ones; 0.5 is best. */
  readonly auc: number | null;
  readonly stopped: string;
}

/** Returns runs with their figures, each under a name of its own. */
export const compared = (runs: readonly (readonly [folder: string, run: Run])[]): readonly Compared[] => {
  const names = runs.map(([folder]) => basename(folder.replace(/[\\/]+$/, '')) || folder);
  return runs.map(([folder, run], i) => ({
    name: names.filter((name) => name === names[i]).length > 1 ? folder : (names[i] ?? folder),
    folder,
    run,
    figures: figuresOf(run),
    settings: settingsOf(run),
  }));
};

const figuresOf = ({ record, epochs, ending }: Run): Figures => {
  const main = epochs.filter(({ phase }) => phase === 'model');
  const best = main.some(({ validation }) => validation) ? bestOf(main) : undefined;
  const of = (name: string): number | null => ending?.test?.[name] ?? null;
  return {
    unit: record.unit,
    test: of('negativeElbo'),
    reconstruction: of('reconstruction'),
    kl: of('kl'),
    validation: best?.validation?.['loss'] ?? null,
    bestEpoch: best?.epoch ?? null,
    epochs: main.length,
    seconds: epochs.reduce((sum, { seconds }) => sum + seconds, 0),
    parameters: record.model.parameters,
    auc: ending?.scores?.drawn.auc ?? null,
    stopped: ending?.stopped ?? 'not finished',
  };
};

const settingsOf = ({ record }: Run): Readonly<Record<string, string>> => ({
  ...record.options,
  seed: `${record.seed}`,
  data: record.data.name,
  'data checksum': record.data.checksum?.slice(0, 12) ?? '',
  examples: `${record.data.train}`,
  model: record.model.fingerprint.slice(0, 12),
  latent: `${record.model.latent}`,
  parameters: `${record.model.parameters}`,
  engine: `${record.engine.name} ${record.engine.version}`,
  library: record.library,
});

/** Returns the settings that are not the same in all runs: the value of each run, or '' where it has none. */
export const differing = (runs: readonly Compared[]): Readonly<Record<string, readonly string[]>> => {
  const names = [...new Set(runs.flatMap(({ settings }) => Object.keys(settings)))];
  const rows = names.map((name) => [name, runs.map(({ settings }) => settings[name] ?? '')] as const);
  return Object.fromEntries(rows.filter(([, values]) => new Set(values).size > 1));
};

/** Returns how many runs there are: `2 runs`. */
export const runsText = (count: number): string => `${count} ${count === 1 ? 'run' : 'runs'}`;
