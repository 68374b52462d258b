/** A file and its path below what was chosen: `flags/Asia/jp.png`, or its name alone. */
export interface Entry {
  readonly path: string;
  readonly file: File;
}

/** Pictures that were chosen, by class. */
export interface ChosenPictures {
  /** The name of what holds them. */
  readonly name: string;
  readonly classes: readonly string[];
  readonly all: readonly { readonly file: File; readonly index: number }[];
  /** The paths of what is not used. */
  readonly left: readonly string[];
}

const PICTURE = /\.(png|jpe?g|webp)$/i;
/** Folders of examples that are held out; `train` next to them has those to train on. */
const HELD_OUT = new Set(['validation', 'val', 'valid', 'test']);

/** Whether files are pictures rather than a table. */
export const arePictures = (entries: readonly Entry[]): boolean => entries.some(({ path }) => PICTURE.test(path));

/**
 * Sorts files into the classes that their folders are. Pictures that lie next to the folders of others have no class and are left out, as are
 * other files, hidden ones, and those of parts that are held out.
 */
export const sortedPictures = (entries: readonly Entry[]): ChosenPictures => {
  const whole = entries.map(({ path, file }) => ({ path, file, parts: path.split('/') }));
  const visible = whole.filter(({ parts }) => !parts.some((part) => part.startsWith('.') || part === '__MACOSX'));
  const pictures = visible.filter(({ path }) => PICTURE.test(path));
  const trains = pictures.some(({ parts }) => parts.at(-3) === 'train');
  const used = pictures.filter(({ parts }) => !trains || !HELD_OUT.has(parts.at(-3) ?? ''));
  const deepest = Math.max(0, ...used.map(({ parts }) => parts.length));
  const classed = used.filter(({ parts }) => parts.length === deepest);
  const classOf = (parts: readonly string[]): string => parts.at(-2) ?? '';
  const classes = [...new Set(classed.map(({ parts }) => classOf(parts)))].sort((a, b) =>
    a.localeCompare(b, 'en', { numeric: true }),
  );
  const taken = new Set(classed.map(({ path }) => path));
  const [first] = classed;
  return {
    name: (first && (first.parts.length > 1 ? first.parts[0] : undefined)) ?? 'pictures',
    classes,
    all: classed.map(({ file, parts }) => ({ file, index: classes.indexOf(classOf(parts)) })),
    left: visible.filter(({ path }) => !taken.has(path)).map(({ path }) => path),
  };
};
