/** A number of bytes that grows with the batch: `fixed + rows · perRow`. */
export interface Bytes {
  readonly fixed: number;
  readonly perRow: number;
}

/** An input or output of a part: where its numbers begin, counted from `base`, and how many bytes it has. */
export interface Slot {
  readonly at: Bytes;
  readonly size: Bytes;
}

/** How a part is called: `run_decoder(rows, base)`, which computes in the memory from `base` on. */
export interface PartPlan {
  readonly inputs: Readonly<Record<string, Slot>>;
  readonly outputs: Readonly<Record<string, Slot>>;
  /** The memory that it needs from `base` on. */
  readonly memory: Bytes;
}

/** How a module is called: where free memory begins, and its parts. */
export interface WasmPlan {
  readonly base: number;
  /** Whether `expand` must be called once, before anything else. */
  readonly expand: boolean;
  readonly parts: Readonly<Record<string, PartPlan>>;
}
