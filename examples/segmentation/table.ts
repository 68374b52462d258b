import type { Evaluation } from 'cvae-compile/train';
import type { Run } from './main.ts';

/** Runs as a table in Markdown: means over seeds, and the seeds apart where they are several. */
export const tableOf = (runs: readonly Run[]): string => {
  const seeds = new Set(runs.map(({ seed }) => seed)).size;
  const [first] = runs;
  if (!first) throw new Error('no runs');
  const { cvae, examples, node } = first;
  const rows = (['pretrained', 'joint'] as const).flatMap((form) => {
    const own = runs.filter((run) => run.form === form);
    if (own.length === 0) return [];
    const guess = own.map((run) => run.guess);
    const all = own.map((run) => run.cvae);
    const baseline = row('the guess by itself (CNN)', guess, ({ monteCarlo }) => monteCarlo, exact);
    return [
      ...(form === 'pretrained' ? [baseline] : []),
      row(`CVAE, guess ${form === 'joint' ? 'trained jointly' : 'pretrained and frozen'}`, all, byImportance, forward),
    ];
  });
  return [
    '| | −log p(y\\|x), IS | −log p(y\\|x), MC | −ELBO | KL | active | accuracy | IoU of ink | mean IoU |',
    '|---|---|---|---|---|---|---|---|---|',
    ...rows,
    '',
    `Nats, on ${cvae.examples} test digits; S = ${cvae.samples} draws; ${seeds === 1 ? 'one seed' : `${seeds} seeds (mean, and the half of their range)`}; ` +
      `trained on ${examples} digits in ${minutes(runs)} minutes a run on a machine that did other work; ` +
      `${cvae.engine.name} ${cvae.engine.version}, Node ${node}.`,
  ].join('\n');
};

type Reading = (evaluation: Evaluation) => number | null | undefined;
const byImportance: Reading = ({ importanceSampling }) => importanceSampling;
const forward: Reading = ({ monteCarlo }) => monteCarlo;
/** A predictor's likelihood is no estimate. */
const exact = forward;

const row = (name: string, all: readonly Evaluation[], is: Reading, mc: Reading): string => {
  const latent = all.some(({ activeUnits }) => activeUnits !== null);
  const cells: readonly (readonly [Reading, number])[] = [
    [is, 1],
    [mc, 1],
    [({ negativeElbo }) => (latent ? negativeElbo : null), 1],
    [({ kl }) => (latent ? kl : null), 1],
    [({ activeUnits }) => activeUnits, 0],
    [({ classes }) => classes?.accuracy, 4],
    [({ classes }) => classes?.iouPerClass[1], 3],
    [({ classes }) => classes?.iou, 3],
  ];
  return `| ${name} | ${cells.map(([read, digits]) => cell(all.map(read), digits)).join(' | ')} |`;
};

/** Numbers of several seeds: their mean, and half of how far they are apart. */
const cell = (values: readonly (number | null | undefined)[], digits: number): string => {
  const numbers = values.filter((value) => typeof value === 'number');
  if (numbers.length === 0) return '';
  const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  const half = (Math.max(...numbers) - Math.min(...numbers)) / 2;
  return half === 0 ? mean.toFixed(digits) : `${mean.toFixed(digits)} ± ${half.toFixed(digits)}`;
};

const minutes = (runs: readonly Run[]): string => {
  const all = runs.map((run) => run.minutes);
  const [least, most] = [Math.min(...all), Math.max(...all)].map((m) => m.toFixed(0));
  return least === most ? `${least}` : `${least} to ${most}`;
};
