import { resolve } from 'node:path';
import envPaths from 'env-paths';

/** Returns the folder in which downloads are kept: `CVAE_CACHE`, else the platform's usual folder for caches. */
export const cacheFolder = (env: NodeJS.ProcessEnv = process.env): string =>
  env['CVAE_CACHE'] ? resolve(env['CVAE_CACHE']) : envPaths('cvae-compile', { suffix: '' }).cache;
