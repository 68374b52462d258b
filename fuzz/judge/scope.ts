import { array, sizeOf, type NdArray } from './array.ts';

/** What a computation leaves in a parameter, and what it computed with it: if nothing uses the latter, nothing is left either. */
export interface Left {
  readonly value: NdArray;
  readonly used: NdArray;
}

/** What one computation of the judge is given, and what it leaves. */
export interface Run {
  /** The number of examples. */
  readonly count: number;
  readonly training: boolean;
  readonly params: ReadonlyMap<string, NdArray>;
  /** Networks that are computed as in use although the rest trains. */
  readonly frozen: ReadonlySet<string>;
  /** The numbers of a noise input of this shape, if there is one of that name for any computation of the network. */
  readonly noise: (name: string, shape: readonly number[]) => NdArray | undefined;
  /** What was drawn, and in which computations of the network. */
  readonly drawn: Map<string, Set<string>>;
  /** What training leaves in untrained parameters, once for each computation of the network they belong to. */
  readonly updates: Map<string, Left[]>;
  /** Networks that were computed: how often, and the values of each computation by what it was given. */
  readonly calls: Map<string, Map<string, unknown>>;
}

/** Where layers are being applied. */
interface Scope {
  /** Whose parameters they own: `decoder`, or nothing in what is written around the networks. */
  readonly network: string;
  /** The same for this computation of it: `decoder#2`. */
  readonly frame: string;
  readonly path: string;
  readonly counts: Map<string, number>;
  readonly training: boolean;
}

let run: Run | undefined;
let scope: Scope = { network: '', frame: '', path: '', counts: new Map(), training: false };

const within = <T>(inner: Scope, body: () => T): T => {
  const outer = scope;
  scope = inner;
  try {
    return body();
  } finally {
    scope = outer;
  }
};

/** Computes something from what a run is given. */
export const running = <T>(given: Run, root: string, body: () => T): T => {
  const before = run;
  run = given;
  try {
    return within({ network: root, frame: '', path: '', counts: new Map(), training: given.training }, body);
  } finally {
    run = before;
  }
};

export const current = (): Run => {
  if (!run) throw new Error('judge: nothing is being computed');
  return run;
};

export const isTraining = (): boolean => scope.training;

let ids = new WeakMap<object, number>();
let next = 0;
const idOf = (value: object): number => {
  const id = ids.get(value) ?? next++;
  ids.set(value, id);
  return id;
};

/** Computes a network, unless it was computed from these very values before. */
export const called = <T>(name: string, args: Readonly<Record<string, object>>, body: () => T): T => {
  const { calls, frozen, training } = current();
  const known = calls.get(name) ?? new Map<string, unknown>();
  calls.set(name, known);
  const key = Object.entries(args)
    .map(([arg, value]) => `${arg}=${idOf(value)}`)
    .join();
  // What was kept under a network's name is what its body gave.
  if (known.has(key)) return known.get(key) as T;
  known.set(key, undefined);
  const frame = known.size === 1 ? name : `${name}#${known.size}`;
  const isTrained = training && !frozen.has(name);
  const result = within({ network: name, frame, path: '', counts: new Map(), training: isTrained }, body);
  known.set(key, result);
  return result;
};

/** The label of the next layer of this name: `dense_2`; one that has a name of its own keeps it the first time. */
export const labelOf = (name: string, isExact = false): string => {
  const count = (scope.counts.get(name) ?? 0) + 1;
  scope.counts.set(name, count);
  return `${scope.path}${isExact && count === 1 ? name : `${name}_${count}`}`;
};

/** What is applied in a block is named under it. */
export const blocked = <T>(name: string, body: (label: string) => T): T => {
  const label = labelOf(name);
  return within({ ...scope, path: `${label}/`, counts: new Map() }, () => body(label));
};

export const paramOf = (label: string): NdArray => named(`${scope.network}/${label}`);

export const named = (name: string): NdArray => {
  // Where the product has none of this name, nothing may depend on it.
  return current().params.get(name) ?? array([], [NaN]);
};

export const updated = (label: string, left: Left): void => {
  const { updates } = current();
  const name = `${scope.network}/${label}`;
  updates.set(name, [...(updates.get(name) ?? []), left]);
};

/**
 * The noise of a layer: as many rows as there are of what is drawn for any computation of its network, whose rows are the same.
 * Where nothing is drawn for it, nothing may depend on it.
 */
export const drawnAs = (label: string, rows: readonly number[], shape: readonly number[]): NdArray => {
  const name = scope.frame === '' ? label : `${scope.network}/${label}`;
  const { drawn } = current();
  drawn.set(name, (drawn.get(name) ?? new Set()).add(scope.frame));
  const full = [...rows, ...shape];
  const found = current().noise(name, full);
  return found ?? array(full, new Float64Array(sizeOf(full)).fill(NaN));
};
