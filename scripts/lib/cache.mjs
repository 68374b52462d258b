// The place for downloads and builds that are costly: outside `node_modules`, so that a second clone can reuse them.
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** Returns the cache folder: `CVAE_CACHE`, else the platform's usual folder for caches (the rule of the package env-paths). */
export function cacheFolder(env = process.env, platform = process.platform) {
  if (env.CVAE_CACHE) return resolve(env.CVAE_CACHE);
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'cvae-compile');
  if (platform === 'win32') {
    return join(env.LOCALAPPDATA || join(homedir(), 'AppData', 'Local'), 'cvae-compile', 'Cache');
  }
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'cvae-compile');
}
