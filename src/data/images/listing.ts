import { join } from 'node:path';
import { InvalidData } from '../../errors.ts';
import { list } from '../../values/value-text.ts';
import { checkApart, checkLoose, checkWhole, foundIn } from './found.ts';

/** A picture of a folder, and the index of its class. */
export interface Listed {
  readonly file: string;
  readonly index: number;
}

/**
 * Lists the pictures of a part: a folder for each class. Entries that are not pictures are added to `left`; each class of a part to
 * train on must have some.
 *
 * @throws InvalidFile or InvalidData for folders of other classes, and for pictures that would be left out.
 */
export const picturesOf = async (
  folder: string,
  classes: readonly string[],
  trains: boolean,
  left: string[],
): Promise<readonly Listed[]> => {
  const inside = await foundIn(folder);
  checkLoose(folder, inside);
  await checkApart(folder, inside.folders);
  left.push(...inside.others);
  const all: Listed[] = [];
  for (const name of inside.folders) {
    const path = join(folder, name);
    const index = classes.indexOf(name);
    if (index < 0)
      throw new InvalidData(
        `${path}: expected a folder of one of the classes ${list(classes)}, got ${name}; rename or move it`,
      );
    const found = await foundIn(path);
    await checkWhole(path, found);
    if (trains && found.images.length === 0)
      throw new InvalidData(
        `${path}: expected PNG, JPEG or WebP files of this class, got none; put them there or remove it`,
      );
    left.push(...[...found.folders, ...found.others].map((other) => join(name, other)));
    for (const file of found.images) all.push({ file: join(path, file), index });
  }
  if (all.length === 0)
    throw new InvalidData(
      `${folder}: expected PNG, JPEG or WebP files in a folder for each class, got none; put them there`,
    );
  return all;
};
