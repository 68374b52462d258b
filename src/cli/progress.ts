import type { SingleBar as Bar } from 'cli-progress';
import pc from 'picocolors';
import type { Epoch, TrainingProgress } from '../train/epoch.ts';
import type { Display } from '../training/observers.ts';
import { isTerminal, note, wantsColor, type Io } from './io.ts';
import { counted } from './number-text.ts';
import { waiting } from './waiting.ts';

/**
 * Shows training on standard error: a bar and a line per epoch on a terminal, lines of text elsewhere. Of hundreds of short epochs a
 * line is shown every two seconds. `unit` is the word for an example, such as `images`.
 */
export async function showTraining(io: Io, unit: string): Promise<Display> {
  const rate = (at?: TrainingProgress): string => `${counted(Math.round(at?.examplesPerSecond ?? 0))} ${unit}/s`;
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
  const lines = epochLines((text) => note(io, text), dim(SOME));
  const finished = (epoch: Epoch): void => {
    const { phase, epoch: number, train, validation, seconds } = epoch;
    const title = bold(titleOf({ phase, epoch: number, epochs: last?.epochs ?? number }));
    const parts = [title, metrics(train), ...(validation ? [validated(epoch)] : [])];
    lines.add(epoch, [...parts, dim(`${duration(seconds)}, ${rate(last)}`)].join('  '));
  };

  // An engine says nothing while it prepares the graph of a step, which takes longer the larger it is.
  let stop = waiting(io, dim(PREPARING));
  if (!isTerminal(io.stderr, io.env)) {
    let written = performance.now();
    return {
      progress: (at) => {
        stop();
        last = at;
        if (at.step === at.steps) stop = waiting(io, dim(ENDING));
        if (performance.now() - written < QUIET) return;
        written = performance.now();
        note(io, `${titleOf(at)}  step ${at.step}/${at.steps}  ${running(at)}`);
      },
      epoch: (epoch) => {
        stop();
        written = performance.now();
        finished(epoch);
        stop = waiting(io, dim(ENDING));
      },
      notice: (text) => note(io, text),
      end: () => {
        stop();
        lines.end();
      },
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
      finished(epoch);
      stop = waiting(io, dim(ENDING));
    },
    notice: (text) => {
      hide();
      note(io, yellow(text));
    },
    end: () => {
      clear();
      lines.end();
    },
  };
}

/**
 * Prints a line for each of the first epochs and then at most one every two seconds, the last epoch's in any case. `some` is printed
 * where the first one is left out.
 */
const epochLines = (print: (text: string) => void, some: string) => {
  let printed = -Infinity;
  let leftOut: string | undefined;
  let isComplete = true;
  return {
    add: ({ epoch, phase }: Epoch, text: string): void => {
      const isFirst = epoch <= EACH || phase === 'baseline';
      if (isFirst || performance.now() - printed >= BETWEEN) {
        printed = performance.now();
        leftOut = undefined;
        print(text);
        return;
      }
      leftOut = text;
      if (isComplete) print(some);
      isComplete = false;
    },
    end: (): void => {
      if (leftOut !== undefined) print(leftOut);
      leftOut = undefined;
    },
  };
};

/** The first epochs that get a line each, and the time between the lines of later ones, in milliseconds. */
const [EACH, BETWEEN] = [20, 2000];
const SOME = 'epochs are short: from here on a line about every 2 s (metrics.jsonl has all of them)';

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
