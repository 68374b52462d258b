import { fileURLToPath } from 'node:url';

/** Returns the path of a file or a folder that may be given by its address. */
export const pathOf = (path: string | URL): string => (typeof path === 'string' ? path : fileURLToPath(path.href));
