import pc from 'picocolors';
import type { TrainOptions } from '../train/options.ts';
import { widthOf } from './wrap.ts';
import { summaryLines } from './data-summary.ts';
import type { Limit } from './collect.ts';
import { counted } from './number-text.ts';
import { note, say, wantsColor, type Io } from './io.ts';
import type { Definition } from './load.ts';

/** Does all that `train` does but train and write: prints what was understood of the data, and what training would do. */
export async function dryRun(
  { path, name, model, data }: Definition,
  options: TrainOptions,
  limit: Pick<Limit, 'limit'>,
  json: boolean,
  io: Io,
): Promise<void> {
  const [{ collect }, { rehearse }, { summaryOf }, { variablesOf }] = await Promise.all([
    import('./collect.ts'),
    import('../train/rehearse.ts'),
    import('../data/summary.ts'),
    import('../train/parameters.ts'),
  ]);
  const { dataset } = await collect(path, model, data, { ...limit, seed: options.seed ?? 1 });
  const summary = summaryOf(dataset, variablesOf(model), options);
  const rehearsal = await rehearse(model, dataset, { ...options, onNotice: (text) => note(io, text) });
  const targets = Object.keys(model.target.targets ?? { y: model.target });
  if (json) return say(io, JSON.stringify({ data: { ...summary, targets }, training: rehearsal }));
  const { parameters, examples, epochs, batch, steps, objective, optimiser, engine } = rehearsal;
  const held =
    examples.validation === undefined ? 'none to validate on' : `${counted(examples.validation)} to validate on`;
  say(
    io,
    ...summaryLines(
      { ...summary, notices: [] },
      targets,
      pc.createColors(wantsColor(io.stdout, io.env)).bold,
      widthOf(io.stdout),
    ),
    '',
    `${name}: ${counted(parameters)} parameters, ${counted(examples.train)} examples, ${held}, ${engine}`,
    `at most ${counted(epochs)} epochs of ${counted(steps)} batches of ${counted(batch)}; ${objective}, ${optimiser}`,
    'nothing was trained or written',
  );
}
