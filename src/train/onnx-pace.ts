/** The batches of a call fit in this many bytes, … */
const CALL_BYTES = 2 ** 25;
/** … and are no more than this many: the overhead of a call is then below one per cent. */
const CALL_STEPS = 64;
/** A call lasts at least this long, if its batches allow it, … */
const SHORT = 150;
/** … and else long enough that no more than this share of it is overhead, … */
const SHARE = 0.04;
/** … or a little longer than it may, if that fits two steps instead of one, which then share the overhead. */
const A_LITTLE = 1.25;
/** The overhead of a call is mostly the copies of the new state in and out of the runtime: this many bytes a millisecond. */
const COPIED = 1.5e6;

/** A call that was made. */
export interface Made {
  readonly steps: number;
  /** What it took in all, in milliseconds. */
  readonly ms: number;
  /** The bytes that it kept: parameters, and the optimiser's state for them. */
  readonly kept: number;
  /** The bytes of a step's batch. */
  readonly batch: number;
  /** How long a call may last, in milliseconds. */
  readonly longest: number;
}

/** Returns how many steps the next call may take, after one. */
export const nextSteps = ({ steps, ms, kept, batch, longest }: Made): number => {
  const overhead = Math.min(kept / COPIED, ms / 2);
  const step = (ms - overhead) / steps;
  const lasts = Math.min(longest, Math.max(SHORT, overhead / SHARE));
  const inTime = Math.max((lasts - overhead) / step, overhead + 2 * step < lasts * A_LITTLE ? 2 : 1);
  return Math.max(1, Math.floor(Math.min(inTime, CALL_BYTES / batch, CALL_STEPS, 2 * steps)));
};
