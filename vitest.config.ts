import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';

const src = (path: string) => fileURLToPath(new URL(`./src/${path}`, import.meta.url));

// Two cores: files run side by side, but those that train or start processes are given time.
export default defineConfig({
  resolve: {
    alias: [
      { find: /^cvae-compile$/, replacement: src('index.ts') },
      { find: /^cvae-compile\/runtime$/, replacement: src('runtime/node.ts') },
      { find: /^cvae-compile\/(train|compiler|data|onnx|testing)$/, replacement: src('$1/index.ts') },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    // `npm run test:all` sets this.
    exclude: [...configDefaults.exclude, ...(process.env['CVAE_LONG'] ? [] : ['test/long/**'])],
    pool: 'forks',
    // Some tests load onnxruntime themselves.
    env: { ORT_DISABLE_TELEMETRY: process.env['ORT_DISABLE_TELEMETRY'] ?? '1' },
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // What a page is waited for: a second is little where four browsers share two cores.
    expect: { poll: { timeout: 20_000 } },
    globalSetup: ['test/setup/build.ts'],
  },
});
