/** The numbers of a tensor, and its lengths. */
export interface Floats {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

/** Tensors by name. */
export type Values = Readonly<Record<string, Floats>>;

/** A file that onnxruntime has opened. */
export interface Opened {
  readonly file: number;
  readonly inputs: readonly string[];
}

/** One call of a file, and what it takes besides what is kept. */
export interface Call {
  readonly file: number;
  readonly given: Values;
}

/** What a call has computed: the outputs that are not kept, and the milliseconds that it took. */
export interface Computed {
  readonly results: Values;
  readonly ms: number;
}

/** What several calls have computed, and the memory of what they were given. */
export interface Answer {
  readonly computed: readonly Computed[];
  /** The arrays that each call was given, for use again. */
  readonly returned: readonly Values[];
}

/**
 * Where onnxruntime runs: in this thread, or in a worker. It keeps tensors between calls, in places with numbers, so that the state of
 * training does not move: an output `next/NAME` becomes the tensor NAME of the place. Every array that is given to a host is the
 * host's from then on.
 */
export interface Host {
  /** The milliseconds that a call of several steps may last: no longer than what waits for this thread should. */
  readonly longest: number;
  /** Whether a loop has an input `stop`, which `interrupt` sets while it runs. */
  readonly stops: boolean;
  /** Whether what is kept stays on a device, which then runs steps and not loops of them: it has none. */
  readonly onDevice: boolean;
  /** Opens a file; the outputs named `kept` stay on the device, if there is one. */
  open(model: Uint8Array, kept?: readonly string[]): Promise<Opened>;
  release(file: number): Promise<void>;
  /** Keeps tensors, besides those that are kept there. */
  set(place: number, values: Values): Promise<void>;
  /** Returns copies of tensors that are kept, and not on a device. */
  get(place: number, names: readonly string[]): Promise<Values>;
  /** Frees a place. */
  forget(place: number): Promise<void>;
  /**
   * Makes calls one after another, each with what the one before has kept. If one fails, everything is kept as it was. After an
   * interruption fewer calls may come back, and fewer steps of the last.
   */
  call(place: number, calls: readonly Call[]): Promise<Answer>;
  /** Ends the call that is running after its present step. */
  interrupt(): void;
}

/** The name of a loop's input that ends it. */
export const STOP = 'stop';

let places = 0;
/** Returns the number of a place that nobody has used. */
export const newPlace = (): number => ++places;
