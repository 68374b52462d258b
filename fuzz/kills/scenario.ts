import type { Choices } from '../choices.ts';

/** A command that is killed: what it does, to what, and what must be true of what it leaves. */
export interface Scenario {
  readonly name: string;
  /** Prepares `work` as the folder that the command starts from. */
  begin(work: string): Promise<void>;
  /** The command that is killed. */
  words(work: string): readonly string[];
  /** Looks at what a kill has left, and runs what comes next. @throws where something is lost, or what comes next fails */
  check(work: string, choices: Choices): Promise<void>;
}

/** Scenarios by name; each is made when it is first needed, in a folder of its own. */
export type Scenarios = Readonly<Record<string, (place: string) => Promise<Scenario>>>;
