import type { SingleBar as Bar } from 'cli-progress';
import pc from 'picocolors';
import type { Epoch, TrainingProgress } from '../train/epoch.ts';
import type { Display } from '../training/observers.ts';
import { isTerminal, note, wantsColor, type Io } from './io.ts';
import { counted } from './number-text.ts';

/**
 * Shows training on standard error: a bar and a line per epoch on a terminal, lines of text elsewhere. `unit` is the word for an
 * example, such as `images`.
 */
export async function showTraining(io: Io, unit: string): Promise<Display> {
  const rate = (at: TrainingProgress | undefined): string =>
    `${counted(Math.round(at?.examplesPerSecond ?? 0))} ${unit}/s`;
  const running = (at: TrainingProgress): string =>
    `${metrics(at.metrics)}  ${rate(at)}  ${duration(at.secondsLeft)} left${at.phase === 'baseline' ? ' of the baseline' : ''}`;
  const { bold, dim, yellow } = pc.createColors(wantsColor(io.stderr, io.env));
  let last: TrainingProgress | undefined;
  const finished = (epoch: Epoch): string =>
    [
      bold(`${title(epoch.phase)} ${epoch.epoch}/${last?.epochs ?? epoch.epoch}`),
      metrics(epoch.train),
      ...(epoch.validation ? [`validation ${number(epoch.validation['loss'])}`] : []),
      dim(`${duration(epoch.seconds)}, ${rate(last)}`),
    ].join('  ');

  if (!isTerminal(io.stderr, io.env)) {
    let told = performance.now();
    return {
      progress: (at) => {
        last = at;
        if (performance.now() - told < QUIET) return;
        told = performance.now();
        note(io, `${title(at.phase)} ${at.epoch}/${at.epochs}  step ${at.step}/${at.steps}  ${running(at)}`);
      },
      epoch: (epoch) => {
        told = performance.now();
        note(io, finished(epoch));
      },
      notice: (text) => note(io, text),
      end: () => undefined,
    };
  }

  const { SingleBar } = (await import('cli-progress')).default;
  let bar: Bar | undefined;
  const clear = () => {
    bar?.stop();
    bar = undefined;
  };
  return {
    progress: (at) => {
      last = at;
      const payload = { title: `${title(at.phase)} ${at.epoch}/${at.epochs}`, running: running(at) };
      bar ??= started(new SingleBar({ ...BAR, stream: io.stderr }), at.steps, payload);
      bar.update(at.step, payload);
    },
    epoch: (epoch) => {
      clear();
      note(io, finished(epoch));
    },
    notice: (text) => {
      clear();
      note(io, yellow(text));
    },
    end: clear,
  };
}

/** The time between lines within an epoch without a terminal, in milliseconds. */
const QUIET = 10_000;

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

const title = (phase: TrainingProgress['phase']): string => (phase === 'baseline' ? 'baseline' : 'epoch');

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
