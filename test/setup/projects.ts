// Which project a test file belongs to. Most are unit tests, which read src/ alone; the others are listed, and
// `test/setup/src-alone.ts` fails a unit test that does what only those may.

/** They run what is built, dist/: the command line and its processes, what is packed and written beside a model. */
export const BUILT: readonly string[] = [
  'test/backend.test.ts',
  'test/cli/assets.test.ts',
  'test/cli/bin.test.ts',
  'test/cli/errors.test.ts',
  'test/cli/serve.test.ts',
  'test/clone.test.ts',
  'test/data/csv.test.ts',
  'test/data/image-folder.test.ts',
  'test/docs.test.ts',
  'test/files/lock.test.ts',
  'test/files/whole.test.ts',
  'test/kill/**/*.test.ts',
  'test/onnx/proto.test.ts',
  'test/package.test.ts',
  'test/packaged/**/*.test.ts',
  'test/processes/**/*.test.ts',
  'test/readme.test.ts',
  'test/resume/kill.test.ts',
  'test/runtime/gpu.test.ts',
  'test/runtime/open.test.ts',
  'test/runtime/without-binary.test.ts',
  'test/site/server.test.ts',
  'test/train-step/auto.test.ts',
  'test/types/shapes.test.ts',
];

/** They open pages in a real Chromium, of what is built. */
export const BROWSER: readonly string[] = [
  'test/browser/**/*.test.ts',
  'test/playground/**/*.test.ts',
  'test/report/report.test.ts',
  'test/site/browser.test.ts',
  'test/training/browser.test.ts',
];

/** They take minutes each, so `npm test` leaves them out. */
export const LONG: readonly string[] = ['test/long/**/*.test.ts'];
