import type { RunRecord } from '../formats/run.ts';
import type { BestEffort } from '../run/best-effort.ts';
import type { Epoch } from '../train/epoch.ts';
import { callable, isPlain, optionsRefusal, rule, type Rule } from '../values/rules.ts';
import { received } from '../values/value-text.ts';

/**
 * Receives what a run does, such as to send it to a tracker of experiments. All functions are optional and may return promises; what one
 * throws becomes a warning, and the run continues.
 *
 *     export const training = {
 *       loggers: [{ epoch: ({ epoch, train, validation }) => tracker.log(epoch, { train, validation }) }],
 *     };
 */
export interface TrainingLogger {
  /** The name that warnings call it by. */
  readonly name?: string;
  /** Called when the run begins or is resumed, with its settings. */
  readonly begin?: (run: RunRecord) => unknown;
  readonly epoch?: (epoch: Epoch) => unknown;
  readonly notice?: (text: string) => unknown;
  /** Called when the run has ended, with its result as `metrics.jsonl` has it. */
  readonly end?: (result: object) => unknown;
}

const FUNCTION = callable('a function', 'give a function, or leave it out');
const MEMBERS = {
  name: rule('text', (value) => typeof value === 'string', 'give a name'),
  begin: FUNCTION,
  epoch: FUNCTION,
  notice: FUNCTION,
  end: FUNCTION,
};

/** The rule for a list of loggers. */
export const LOGGERS: Rule = rule(
  'a list of loggers, { begin, epoch, notice, end },',
  (value) =>
    Array.isArray(value) && value.every((one) => isPlain(one) && optionsRefusal(MEMBERS, one, received) === undefined),
  'give functions by these names',
);

/** Several loggers as one, none of which can end a run. */
export interface Loggers {
  begin(run: RunRecord): Promise<void>;
  epoch(epoch: Epoch): Promise<void>;
  notice(text: string): void;
  end(result: object): Promise<void>;
}

/** Combines loggers; each call of one may fail, and training continues. */
export const loggersOf = (all: readonly TrainingLogger[], { attempt }: Pick<BestEffort, 'attempt'>): Loggers => {
  const each = async (call: (logger: TrainingLogger) => unknown): Promise<void> => {
    for (const [i, logger] of all.entries())
      await attempt(`the logger ${logger.name ?? i + 1}`, async () => void (await call(logger)));
  };
  return {
    begin: (run) => each((logger) => logger.begin?.(run)),
    epoch: (epoch) => each((logger) => logger.epoch?.(epoch)),
    notice: (text) => void each((logger) => logger.notice?.(text)),
    end: (result) => each((logger) => logger.end?.(result)),
  };
};
