import files from 'virtual:packaged';

/** The runtime that packages have, by file. */
export const packaged: Readonly<Record<string, string>> = files;
