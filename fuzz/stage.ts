/** A stage of the fuzzer: one kind of cases, as many as there is time for. */
export interface Stage {
  readonly name: string;
  run(budget: Budget): Promise<Outcome>;
}

/** What a stage may use, and whom it informs. */
export interface Budget {
  readonly seed: number;
  /** When it should be over, as `performance.now` counts. */
  readonly until: number;
  /** Whether it continues after a failure, with those of other kinds. */
  readonly all: boolean;
  /** Milliseconds that may be spent on making a failure smaller. */
  readonly shrinking: number;
  /** A folder of its own, removed afterwards. */
  readonly folder: string;
  /** Is called with what is under way, in a few words. */
  readonly progress: (text: string) => void;
}

/** What a stage has found. */
export interface Outcome {
  /** What was tried, and how often. */
  readonly counts: Readonly<Record<string, number>>;
  /** What was left out, and why. */
  readonly notes: readonly string[];
  readonly failures: readonly Failure[];
}

/** Something that is wrong. */
export interface Failure {
  readonly stage: string;
  readonly kind: string;
  readonly message: string;
  /** The number of the case, from the seed. */
  readonly at: number;
  /** The smallest case that was found, as text to run again, and the name of a file for it. */
  readonly text: string;
  readonly file: string;
}
