/** What a target learns of its column from data, before it is trained. */
export interface Learns {
  /** Normal scores, in at most this number of cells. */
  readonly cells?: number;
  /** Values that hold more than 5 % of the rows, at most this number of them, those in `at` first. */
  readonly masses?: { readonly most: number; readonly at: readonly number[] };
}
