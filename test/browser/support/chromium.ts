import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { chromium, type Browser, type LaunchOptions, type Page } from 'playwright-core';

/** How a browser is started: `gpu` gives it a WebGPU adapter in software. */
export interface Launch {
  readonly gpu?: boolean;
  readonly args?: readonly string[];
}

/** What a real Chromium without a window is started with. */
export const launchOptions = ({ gpu = false, args = [] }: Launch = {}): LaunchOptions => ({
  executablePath: findChromium() ?? install(),
  args: [...QUIET, ...(gpu ? SWIFTSHADER : ['--disable-gpu']), ...args],
});

/** A separate Chromium, for tests that end it or need other options. */
export const launch = (options: Launch = {}): Promise<Browser> => chromium.launch(launchOptions(options));

/** What a page says on its console and what it throws, for the messages of tests that fail. */
export const listen = (page: Page): readonly string[] => {
  const said: string[] = [];
  page.on('console', (message) => said.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => said.push(`error: ${error.message}`));
  return said;
};

/**
 * A window of Chromium has an address bar whose suggestions are web pages, with a renderer each, which cost more than most pages that are
 * tested; nobody types an address here. Renderers are not kept in reserve either, as tests open few pages of a site.
 */
const WITHOUT = [
  'WebUIOmniboxAimPopup',
  'WebUIOmniboxPopup',
  'WebUIOmniboxFullPopup',
  'SpareRendererForSitePerProcess',
  // Chromium takes the last of several switches, so what Playwright switches off is here as well.
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsUpgrades',
  'HttpsFirstBalancedModeAutoEnable',
  'LensOverlay',
  'MediaRouter',
  'PaintHolding',
  'ThirdPartyStoragePartitioning',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'TcpPortRandomizationWin',
  'OptimizationHints',
  'NetworkTimeServiceQuerying',
  'AimEnabled',
  'PreconnectToSearch',
];
const QUIET = [
  '--no-sandbox',
  `--disable-features=${WITHOUT.join()}`,
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--font-render-hinting=none',
  '--force-color-profile=srgb',
  '--hide-scrollbars',
];
const SWIFTSHADER = [
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--enable-features=Vulkan',
  '--ignore-gpu-blocklist',
];

/** The browser named by CHROMIUM, that of the system, or one that Playwright has downloaded. */
const findChromium = (): string | undefined => {
  const named = process.env['CHROMIUM'];
  if (named) return named;
  const system = (process.env['PATH'] ?? '')
    .split(process.platform === 'win32' ? ';' : ':')
    .flatMap((folder) => NAMES.map((name) => join(folder, name)));
  const downloads = join(homedir(), '.cache', 'ms-playwright');
  const downloaded = existsSync(downloads)
    ? readdirSync(downloads).map((folder) => join(downloads, folder, 'chrome-linux', 'headless_shell'))
    : [];
  return [...system, ...PLACES, ...downloaded].find((path) => existsSync(path));
};

/** What tests say that have none. */
export const WITHOUT_GPU =
  'skipped: no software adapter, which is libvulkan.so.1 and vk_swiftshader_icd.json next to a Chromium; install chromium';

/**
 * The environment in which onnxruntime-node finds the Vulkan that a Chromium brings along, which needs no GPU; undefined where
 * there is none.
 */
export const softwareGpu = (): NodeJS.ProcessEnv | undefined => {
  const chromium = findChromium();
  const folders = [...(chromium ? [dirname(realpathSync(chromium))] : []), ...LIBRARIES];
  const folder = folders.find((path) => ['libvulkan.so.1', ICD].every((file) => existsSync(join(path, file))));
  return folder === undefined
    ? undefined
    : {
        VK_ICD_FILENAMES: join(folder, ICD),
        LD_LIBRARY_PATH: [folder, process.env['LD_LIBRARY_PATH']].filter(Boolean).join(delimiter),
      };
};

const ICD = 'vk_swiftshader_icd.json';
const LIBRARIES = ['/usr/lib/chromium', '/usr/lib/chromium-browser', '/opt/google/chrome'];

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'msedge'];
const PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];

/** Installs one where the system's packages have it and this user may; else Playwright's. */
const install = (): string => {
  // Test files run side by side: the second waits for the first one's lock.
  const wait = ['-o', 'DPkg::Lock::Timeout=300'];
  const run = (command: string, args: readonly string[]) => spawnSync(command, args, { encoding: 'utf8' });
  run('apt-get', ['update', '-q']);
  run('apt-get', ['install', '-y', '-q', ...wait, 'chromium']);
  if (findChromium() === undefined)
    run(process.execPath, ['node_modules/playwright-core/cli.js', 'install', '--only-shell', 'chromium']);
  const found = findChromium();
  if (found === undefined)
    throw new Error('Chromium: expected one to test in, got none; install it, or name one: CHROMIUM=/path npm test');
  return found;
};
