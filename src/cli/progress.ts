import type { SingleBar as Bar } from 'cli-progress';
import pc from 'picocolors';
import type { Epoch, TrainingProgress } from '../train/epoch.ts';
import type { Display } from '../training/observers.ts';
import { isTerminal, note, wantsColor, type Io } from './io.ts';
import { counted } from './number-text.ts';
import { waiting } from './waiting.ts';

/**
 * Shows training on standard error: a bar and a line per epoch on a terminal, lines of text elsewhere. `unit` is the word for an
 * example, such as `images`.
 */
export async function showTraining(io: Io, unit: string): Promise<Display> {
  const rate = (at: TrainingProgress | undefined): string =>
    `${counted(Math.round(at?.examplesPerSecond ?? 0))} ${unit}/s`;
  const running = (at: TrainingProgress): string =>
    `${metrics(at.metrics)}  ${rate(at)}  ${left(at)}${at.phase === 'baseline' ? ' of the baseline' : ''}`;
  const { bold, dim, green, yellow } = pc.createColors(wantsColor(io.stderr, io.env));
  let last: TrainingProgress | undefined;
  const lowest = new Map<Epoch['phase'], number>();
  const validated = ({ phase, validation: { loss = NaN } = {} }: Epoch): string => {
    const isBest = loss < (lowest.get(phase) ?? Infinity);
    if (isBest) lowest.set(phase, loss);
    return `validation ${number(loss)}${isBest ? ` ${green('best')}` : ''}`;
  };
  const finished = (epoch: Epoch): string =>
    [
      bold(titleOf({ phase: epoch.phase, epoch: epoch.epoch, epochs: last?.epochs ?? epoch.epoch })),
      metrics(epoch.train),
      ...(epoch.validation ? [validated(epoch)] : []),
      dim(`${duration(epoch.seconds)}, ${rate(last)}`),
    ].join('  ');

  // An engine says nothing while it prepares the graph of a step, which takes longer the larger it is.
  let stop = waiting(io, dim(PREPARING));
  if (!isTerminal(io.stderr, io.env)) {
    let told = performance.now();
    return {
      progress: (at) => {
        stop();
        last = at;
        if (at.step === at.steps) stop = waiting(io, dim(ENDING));
        if (performance.now() - told < QUIET) return;
        told = performance.now();
        note(io, `${titleOf(at)}  step ${at.step}/${at.steps}  ${running(at)}`);
      },
      epoch: (epoch) => {
        stop();
        told = performance.now();
        note(io, finished(epoch));
        stop = waiting(io, dim(ENDING));
      },
      notice: (text) => note(io, text),
      end: () => stop(),
    };
  }

  const { SingleBar } = (await import('cli-progress')).default;
  let bar: Bar | undefined;
  const hide = () => {
    bar?.stop();
    bar = undefined;
  };
  const clear = () => {
    stop();
    hide();
  };
  return {
    progress: (at) => {
      stop();
      last = at;
      const payload = { title: titleOf(at), running: running(at) };
      bar ??= started(new SingleBar({ ...BAR, stream: io.stderr }), at.steps, payload);
      bar.update(at.step, payload);
    },
    epoch: (epoch) => {
      clear();
      note(io, finished(epoch));
      stop = waiting(io, dim(ENDING));
    },
    notice: (text) => {
      hide();
      note(io, yellow(text));
    },
    end: clear,
  };
}

/** The time between lines within an epoch without a terminal, in milliseconds. */
const QUIET = 10_000;

const PREPARING = 'preparing the first step: the engine reads its graph, which takes longer the more layers there are';
const ENDING = 'measuring on data that are not trained on, drawing and saving';

const BAR = {
  format: '{title} {bar} {percentage}%  {running}',
  barsize: 24,
  barCompleteChar: '█',
  barIncompleteChar: '░',
  clearOnComplete: true,
  // Ctrl-C is handled here: it ends training, not just the bar.
  gracefulExit: false,
  linewrap: false,
};

const started = (bar: Bar, total: number, payload: object): Bar => {
  bar.start(total, 0, payload);
  return bar;
};

/** Names an epoch, and how many there are if that is known. */
const titleOf = ({ phase, epoch, epochs }: Pick<TrainingProgress, 'phase' | 'epoch' | 'epochs'>): string =>
  `${phase === 'baseline' ? 'baseline' : 'epoch'} ${epoch}${Number.isFinite(epochs) ? `/${epochs}` : ''}`;

/** Says how long training takes, or, if it ends by itself, what of its budget is spent. */
const left = ({ secondsLeft, spent }: TrainingProgress): string =>
  Number.isFinite(secondsLeft) || spent === undefined
    ? `${duration(secondsLeft)} left`
    : `${Math.floor(100 * spent)} % of the budget`;

const metrics = (values: Readonly<Record<string, number>>): string =>
  [`loss ${number(values['loss'])}`, ...('kl' in values ? [`KL ${number(values['kl'])}`] : [])].join('  ');

const number = (value: number | undefined): string => (value ?? NaN).toFixed(2);

/** Formats a duration: `1 h 5 min`, `2 min 10 s`, `4.2 s`. */
const duration = (seconds: number): string => {
  if (!Number.isFinite(seconds)) return '?';
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const s = Math.round(seconds);
  if (s < 60) return `${s} s`;
  return s < 3600
    ? `${Math.floor(s / 60)} min ${s % 60} s`
    : `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
};
