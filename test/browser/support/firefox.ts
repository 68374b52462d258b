import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** The Firefox named by FIREFOX, or the system's; undefined where there is none. */
export const findFirefox = (): string | undefined => {
  const inPath = (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) => ['firefox', 'firefox-esr', 'firefox.exe'].map((name) => join(folder, name)));
  const named = process.env['FIREFOX'];
  return [...(named ? [named] : []), ...inPath, ...PLACES].find((path) => existsSync(path));
};

const PLACES = ['/Applications/Firefox.app/Contents/MacOS/firefox', 'C:\\Program Files\\Mozilla Firefox\\firefox.exe'];

/**
 * Shows a page in a Firefox without a window, with a profile of its own, until it is closed. Nothing drives it: the page
 * reports what it finds to the server that it comes from.
 */
export const openInFirefox = async (firefox: string, url: string): Promise<{ readonly close: () => Promise<void> }> => {
  const profile = await mkdtemp(join(tmpdir(), 'cvae-firefox-'));
  await writeFile(join(profile, 'user.js'), QUIET.map(([name, value]) => `user_pref("${name}", ${value});\n`).join(''));
  const args = ['--headless', '--no-remote', '--profile', profile, url];
  // A group of its own, since it starts further processes.
  const browser = spawn(firefox, args, { detached: process.platform !== 'win32', stdio: 'ignore' });
  const gone = new Promise((resolve) => browser.once('exit', resolve).once('error', resolve));
  const close = async (): Promise<void> => {
    if (browser.exitCode === null && browser.pid !== undefined)
      if (process.platform === 'win32') browser.kill();
      else process.kill(-browser.pid, 'SIGKILL');
    await gone;
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  return { close };
};

/** No first-run pages, no questions, nothing sent home. */
const QUIET = [
  ['app.update.enabled', 'false'],
  ['browser.aboutwelcome.enabled', 'false'],
  ['browser.shell.checkDefaultBrowser', 'false'],
  ['datareporting.policy.dataSubmissionEnabled', 'false'],
  ['network.captive-portal-service.enabled', 'false'],
  ['network.connectivity-service.enabled', 'false'],
  ['toolkit.telemetry.enabled', 'false'],
] as const;
