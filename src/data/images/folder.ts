import { basename, join } from 'node:path';
import { InvalidData } from '../../errors.ts';
import { own } from '../../values/own.ts';
import { checkLoose, foundIn, several } from './found.ts';
import { picturesOf, type Listed } from './listing.ts';

/** A part of a folder of pictures. */
export interface Part {
  readonly folder: string;
  readonly pictures: readonly Listed[];
}

/** A folder of pictures: its classes, its parts, and a remark about what is left out. */
export interface PictureFolder {
  readonly classes: readonly string[];
  readonly parts: { readonly train: Part; readonly validation?: Part; readonly test?: Part };
  readonly notices: readonly string[];
}

/** Lists a folder with a folder for each class, or with such parts. @throws InvalidFile or InvalidData if it is none. */
export const folderOf = async (folder: string, given?: readonly string[]): Promise<PictureFolder> => {
  const inside = await foundIn(folder);
  const parts = await partsIn(folder, inside.folders);
  const left: string[] = [];
  const classes = given ?? (await foundIn(parts?.get('train') ?? folder)).folders;
  const part = async (own: string, trains: boolean): Promise<Part> => ({
    folder: own,
    pictures: await picturesOf(own, classes, trains, left),
  });
  if (parts === undefined)
    return { classes, parts: { train: await part(folder, true) }, notices: noticesOf(folder, left) };
  checkLoose(folder, inside);
  left.push(...inside.others);
  const [validation, test] = [parts.get('validation'), parts.get('test')];
  return {
    classes,
    parts: {
      train: await part(parts.get('train') ?? folder, true),
      ...(validation !== undefined && { validation: await part(validation, false) }),
      ...(test !== undefined && { test: await part(test, false) }),
    },
    notices: noticesOf(folder, left),
  };
};

const noticesOf = (folder: string, left: readonly string[]): readonly string[] =>
  left.length === 0
    ? []
    : [
        `${folder}: leaves out ${several(left, ['entry', 'entries'])} that ${left.length === 1 ? 'is no image' : 'are no images'}`,
      ];

const PARTS: Readonly<Record<string, 'train' | 'validation' | 'test'>> = {
  train: 'train',
  validation: 'validation',
  val: 'validation',
  valid: 'validation',
  test: 'test',
};

/** Returns the folders of the parts if there is a `train` with subfolders; otherwise all folders are classes. */
const partsIn = async (
  folder: string,
  names: readonly string[],
): Promise<ReadonlyMap<'train' | 'validation' | 'test', string> | undefined> => {
  if (!names.includes('train')) return undefined;
  const train = await foundIn(join(folder, 'train'));
  if (train.folders.length === 0 && train.images.length > 0) return undefined; // a class named train: of vehicles, for example
  const others = names.filter((name) => own(PARTS, name) === undefined);
  if (others.length > 0)
    throw new InvalidData(
      `${folder}: expected train, validation and test, as there is a train with folders in it, got also ${several(others, ['folder', 'folders'])}; move them`,
    );
  const parts = new Map<'train' | 'validation' | 'test', string>();
  for (const name of names) {
    const part = own(PARTS, name) ?? 'train';
    const before = parts.get(part);
    if (before !== undefined)
      throw new InvalidData(
        `${folder}: expected one folder for ${part}, got ${basename(before)} and ${name}; merge them`,
      );
    parts.set(part, join(folder, name));
  }
  return parts;
};
