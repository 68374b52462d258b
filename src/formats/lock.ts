import { object, whole, text, type MembersOf, type TypeOf } from './schema.ts';

const OWNER = {
  pid: whole,
  host: text,
  /** The installation (`/etc/machine-id`); empty if the system has no such identifier, as in many containers. */
  machine: text,
  /** The boot of the machine and the container: process numbers are meaningful only within these. Empty if unknown. */
  system: text,
  /** When the process was started, in letters and digits: process numbers are reused. Empty if unknown. */
  started: text,
} as const;
/** A process, described so that another one can find out whether it still runs. */
export interface Owner extends MembersOf<typeof OWNER> {}

/** The content of a lock's file: the process that holds it, since when and what for. */
export const holder = object({ ...OWNER, token: text, since: text, doing: text });
export interface Holder extends TypeOf<typeof holder> {}
