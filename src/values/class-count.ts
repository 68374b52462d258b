/** What an exported file says of a variable that holds classes. */
interface Classes {
  readonly kind?: string;
  readonly shape: readonly number[];
  readonly dataShape: readonly number[];
  readonly classes?: number | readonly string[];
}

/** Whether files take classes by their indices, in the shape of the data, rather than one-hot on one more axis. */
export const isByIndex = ({ kind, shape, dataShape }: Classes): boolean =>
  kind === 'categorical' && shape.length === dataShape.length;

/** Returns the number of classes. */
export const classCountOf = ({ classes, shape }: Pick<Classes, 'classes' | 'shape'>): number =>
  typeof classes === 'object' ? classes.length : (classes ?? shape.at(-1) ?? 0);
