/** What a target learns of its column from data, before it is trained. */
export interface Learns {
  /** Normal scores, in so many cells at most. */
  readonly cells?: number;
  /** Values that hold more than 5 % of the rows, so many at most, those in `at` first. */
  readonly masses?: { readonly most: number; readonly at: readonly number[] };
}
