import { object, whole, text, type MembersOf, type TypeOf } from './schema.ts';

const OWNER = {
  pid: whole,
  host: text,
  /** The installation (`/etc/machine-id`); empty where the system has no such name, as in many containers. */
  machine: text,
  /** The start of the machine and the container: a process number means something within these. Empty where unknown. */
  system: text,
  /** When the process was started, in letters and digits: numbers are used again. Empty where unknown. */
  started: text,
} as const;
/** A process, described so that another one can find out whether it still runs. */
export interface Owner extends MembersOf<typeof OWNER> {}

/** What is in a lock's file: the process that holds it, since when and what for. */
export const holder = object({ ...OWNER, token: text, since: text, doing: text });
export interface Holder extends TypeOf<typeof holder> {}
