import type { Session, StepInput } from './engine.ts';

/** Inputs of steps, made before they are needed. */
export interface Upcoming {
  /** Returns the inputs of up to `most` steps from one on; those that are prepared, if they are about as many. */
  from(index: number, most: number): readonly StepInput[];
  /** Makes the inputs of `count` steps, and lets the engine prepare for them. */
  prepare(session: Session, index: number, count: number): void;
}

/** Returns the inputs of steps as `inputOf` makes them; each is made once. */
export const upcoming = (inputOf: (index: number) => StepInput): Upcoming => {
  let [ready, at]: [StepInput[], number] = [[], 0];
  const upTo = (index: number, count: number): StepInput[] => {
    ready = index >= at && index <= at + ready.length ? ready.slice(index - at) : [];
    at = index;
    while (ready.length < count) ready.push(inputOf(index + ready.length));
    return ready;
  };
  return {
    from: (index, most) => {
      const prepared = index === at ? ready.length : 0;
      const isEnough = prepared >= most / 2 && prepared <= most * 1.25;
      return upTo(index, most).slice(0, isEnough ? prepared : most);
    },
    prepare: (session, index, count) => {
      try {
        const inputs = upTo(index, count);
        if (inputs.length > 0) session.expect?.(inputs);
      } catch {
        // Notices of data that are read early are reported when their step is due.
        ready = [];
      }
    },
  };
};
