import { resolve } from 'node:path';
import envPaths from 'env-paths';

/** The folder in which downloads are kept: `CVAE_CACHE`, else the platform's own place for caches. */
export const cacheFolder = (env: NodeJS.ProcessEnv = process.env): string =>
  env['CVAE_CACHE'] ? resolve(env['CVAE_CACHE']) : envPaths('cvae-compile', { suffix: '' }).cache;
