import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';
import type { InlineConfig } from 'vitest/node';
import { ALONE, BROWSER, BUILT, globs, LONG, MOCKED } from './test/setup/projects.ts';
import LongestFirst from './test/setup/sequencer.ts';

const src = (path: string) => fileURLToPath(new URL(`./src/${path}`, import.meta.url));

const project = (name: string, list: readonly string[], more: InlineConfig) => ({
  extends: true as const,
  test: { name, include: globs(list), setupFiles: [ARRAYS], ...more },
});
const BUILD = 'test/setup/build.ts';
const BROWSERS = 'test/setup/browsers.ts';
const GUARD = 'test/setup/src-alone.ts';
const ARRAYS = 'test/setup/equal-arrays.ts';

export default defineConfig({
  resolve: {
    alias: [
      { find: /^cvae-compile$/, replacement: src('index.ts') },
      { find: /^cvae-compile\/runtime$/, replacement: src('runtime/node.ts') },
      { find: /^cvae-compile\/(train|compiler|data|onnx|testing)$/, replacement: src('$1/index.ts') },
    ],
  },
  test: {
    reporters: ['./test/setup/reporter.ts'],
    projects: [
      project('unit', ['test/'], {
        exclude: [...configDefaults.exclude, ...globs([...ALONE, ...BUILT, ...BROWSER, ...LONG])],
        setupFiles: [ARRAYS, GUARD],
      }),
      project('alone', ALONE, { setupFiles: [ARRAYS, GUARD], isolate: true }),
      project('built', BUILT, { globalSetup: [BUILD], exclude: [...configDefaults.exclude, ...globs(MOCKED)] }),
      project('mocked', MOCKED, { globalSetup: [BUILD], isolate: true }),
      project('browser', BROWSER, { globalSetup: [BUILD, BROWSERS] }),
      // `npm run test:all` sets this.
      ...(process.env['CVAE_LONG'] ? [project('long', LONG, { globalSetup: [BUILD, BROWSERS] })] : []),
    ],
    pool: 'forks',
    // Most of what the tests make lives briefly: with more room for it, less is copied.
    execArgv: ['--max-semi-space-size=64'],
    // The files of a project that a worker runs share what they load: most of them load all of src/ and TensorFlow.
    isolate: false,
    // What a source was turned into is kept, by its content: for the other projects, and for the next run.
    experimental: { fsModuleCache: true, fsModuleCachePath: '.cache/vitest' },
    // Vitest would leave one of two cores idle: its own process does little while tests run, and some tests wait for pages and disks.
    maxWorkers: Math.max(3, availableParallelism()),
    sequence: { sequencer: LongestFirst },
    env: {
      // Some tests load onnxruntime themselves.
      ORT_DISABLE_TELEMETRY: process.env['ORT_DISABLE_TELEMETRY'] ?? '1',
      // TensorFlow computes what is this small in less time with one thread, and several workers share the cores. The long tests train more.
      ...(process.env['CVAE_LONG'] ? {} : { TF_NUM_INTRAOP_THREADS: '1', TF_NUM_INTEROP_THREADS: '1' }),
    },
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // What a page is waited for: a second is little where four browsers share two cores.
    expect: { poll: { timeout: 20_000 } },
  },
});
