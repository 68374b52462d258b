import type { Entry } from './chosen.ts';

/** Files of an input, with their paths where a folder was chosen. */
export const entriesOf = (files: Iterable<File>): readonly Entry[] =>
  [...files].map((file) => ({ path: file.webkitRelativePath || file.name, file }));

/** Files that were dropped, and those in folders that were. */
export const dropped = async (transfer: DataTransfer): Promise<readonly Entry[]> => {
  // The data of a drop are lost once its event is over: so all entries are taken first, and then what is in them.
  const roots = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  if (roots.length === 0) return entriesOf(transfer.files);
  const found: Entry[] = [];
  for (const root of roots) await collect(root, '', found);
  return found;
};

const collect = async (entry: FileSystemEntry, above: string, found: Entry[]): Promise<void> => {
  const path = `${above}${entry.name}`;
  if (isFile(entry)) {
    found.push({ path, file: await new Promise<File>((resolve, reject) => entry.file(resolve, reject)) });
    return;
  }
  if (!isDirectory(entry)) return;
  const reader = entry.createReader();
  // A directory is read in portions of some hundred entries, until one is empty.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return;
    for (const one of some) await collect(one, `${path}/`, found);
  }
};

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const isDirectory = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;
