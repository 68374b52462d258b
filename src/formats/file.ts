import { matching, object, whole, type TypeOf } from './schema.ts';

/** The name of a file in the folder of the file that lists it. */
export const fileName = matching('the name of a file in the same folder', /^[^/\\:\p{Cc}]*[^/\\:.\p{Cc}]$/u);

export const sha256 = matching('64 hexadecimal digits', /^[0-9a-f]{64}$/);

export const ON_DISK = { file: fileName, bytes: whole, sha256 } as const;

/** A file next to `model.json`: its name, its length and its SHA-256 in hexadecimal. */
export const onDisk = object(ON_DISK);
export interface FileOnDisk extends TypeOf<typeof onDisk> {}
