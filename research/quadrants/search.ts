import { number, table } from './markdown.ts';

/** One of the settings that were tried on validation images: a line of search.jsonl, as search.py writes it. */
export interface Tried {
  readonly group: string;
  readonly quadrants: number;
  readonly batch: number;
  /** What was trained: the ELBO, the bound of `k` samples, or Monte Carlo's estimate of `k` draws from the prior. */
  readonly objective: 'elbo' | 'iwae' | 'prior';
  readonly k: number;
  /** Those of search.py's settings that differ from its own defaults. */
  readonly settings: Readonly<Record<string, number | boolean>>;
  /** Estimates after this number of epochs, in nats: −log p(y|x) by importance sampling with 10 samples, −ELBO, KL. */
  readonly validation: readonly {
    readonly epoch: number;
    readonly loss: number;
    readonly negativeElbo: number;
    readonly kl: number;
  }[];
  /** By both estimators with 100 samples, in the last epoch, where that was asked. */
  readonly importanceSampling100: number | null;
  readonly monteCarlo100: number | null;
  /** What became of it, and why, where there is something to say. */
  readonly verdict?: string;
}

/** The lines of search.jsonl. */
export const readTried = (text: string): readonly Tried[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Tried => JSON.parse(line));

/** What was tried, kept and dropped. */
export const searchOf = (tried: readonly Tried[]): readonly string[] => {
  if (tried.length === 0) return [];
  const judged = tried.filter(({ verdict }) => verdict !== undefined);
  return [
    '## What was tried',
    '',
    `On validation images only, the cells’ own: ${tried.length} settings, by [search.py](search.py), which trains many copies of these networks side by`,
    'side in PyTorch on a GPU, with products in TF32. Importance sampling with 10 samples, as the cells’ weights are chosen; Monte',
    'Carlo with 100. These numbers are not the cells’: they say which settings to run. Unless it says otherwise, the learning',
    `rate falls along a cosine to 0. Of ${judged.length} there is something to say; the others, a good part of them drawn at random, are in`,
    '[search.jsonl](search.jsonl).',
    '',
    ...([1, 2, 3] as const).flatMap((quadrants) => {
      const rows = judged.filter((one) => one.quadrants === quadrants);
      return rows.length === 0
        ? []
        : [`### ${quadrants} ${quadrants === 1 ? 'quadrant' : 'quadrants'}`, '', ...rowsOf(rows), ''];
    }),
  ];
};

const rowsOf = (tried: readonly Tried[]): readonly string[] =>
  table(
    ['what', 'epochs', 'lowest', 'in epoch', 'last', '−ELBO', 'KL', 'Monte Carlo', ''],
    tried.map((one) => {
      const best = one.validation.reduce((a, b) => (b.loss < a.loss ? b : a));
      const last = one.validation.at(-1);
      return [
        whatOf(one),
        String(last?.epoch ?? ''),
        number(best.loss),
        String(best.epoch),
        number(last?.loss),
        number(last?.negativeElbo),
        number(last?.kl),
        number(one.monteCarlo100),
        one.verdict ?? '',
      ];
    }),
  );

/** The noise in training that most settings have all of, or none. */
const NOISE = ['dropout_recognition', 'dropout_prior', 'dropout_decoder', 'omit_x', 'omit_y'] as const;

/** A setting in words. */
const whatOf = ({ batch, objective, k, settings }: Tried): string => {
  const { learning_rate: rate, cosine = true, epochs: _, ...others } = settings;
  const all = NOISE.every((name) => typeof others[name] === 'number');
  const rest = Object.entries(others).filter(
    ([name, value]) => !(all && value === 0.1 && NOISE.some((n) => n === name)),
  );
  return [
    ...(objective === 'iwae' ? [`IWAE, k ${k}`] : objective === 'prior' ? [`Monte Carlo, k ${k}`] : []),
    `batch ${batch}`,
    `Adam ${Number(rate).toExponential()}${cosine === true ? '' : ', constant'}`,
    ...(all ? ['all noise 0.1'] : []),
    ...rest.map(([name, value]) => `${name.replace('_', ' ')} ${value}`),
  ].join(', ');
};
