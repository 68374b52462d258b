/** The directions in which a recurrent layer reads its steps. */
export type Direction = 'forward' | 'reverse' | 'bidirectional';

/** The attributes of a recurrent layer's op; its inputs are x, the mask if there is one, and the first states. */
export interface RecurrentAttrs {
  readonly units: number;
  readonly direction?: Exclude<Direction, 'forward'>;
  readonly last?: true;
  /** Whether the last state is given whole: h, and one behind the other all else of it. */
  readonly whole?: true;
  readonly masked?: true;
  /** The number of first states that are given. */
  readonly initial?: number;
}

/** Returns the number of directions in which the steps are read. */
export const directionsOf = ({ direction }: RecurrentAttrs): 1 | 2 => (direction === 'bidirectional' ? 2 : 1);
