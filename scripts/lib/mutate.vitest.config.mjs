// The tests of one part, as scripts/mutate.mjs runs them: without a build, which none of these needs.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const src = (path) => fileURLToPath(new URL(`../../src/${path}`, import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: /^cvae-compile$/, replacement: src('index.ts') },
      { find: /^cvae-compile\/runtime$/, replacement: src('runtime/node.ts') },
      { find: /^cvae-compile\/(train|compiler|data|onnx|testing)$/, replacement: src('$1/index.ts') },
    ],
  },
  test: {
    include: JSON.parse(process.env.MUTATE_TESTS ?? '[]'),
    env: { ORT_DISABLE_TELEMETRY: '1' },
    // The code is instrumented, and the machine may be busy.
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});
