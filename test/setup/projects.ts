// Which project a test file belongs to. Most are unit tests, which read src/ alone; the others are listed, by file or by folder.
// A unit test that does what only those may fails: by `src-alone.ts` while it runs, and by `projects.test.ts`.

/**
 * Unit tests that change what all files of a process share: TensorFlow.js computes in the build that was loaded last, and other
 * tests rely on theirs.
 */
export const ALONE: readonly string[] = ['test/layers/extremes-plain.test.ts', 'test/layers/plain.test.ts'];

/**
 * Of those that run what is built, the ones that put other modules in place of ours (`vi.mock`): they need modules that no other file has
 * loaded, or the fault that they plant is not there.
 */
export const MOCKED: readonly string[] = ['test/fuzz/planted.test.ts'];

/** They run what is built, dist/: the command line and its processes, what is packed and written next to a model. */
export const BUILT: readonly string[] = [
  'test/backend.test.ts',
  'test/cli/assets.test.ts',
  'test/cli/bin.test.ts',
  'test/cli/errors.test.ts',
  'test/cli/serve.test.ts',
  'test/cli/serve-api.test.ts',
  'test/cli/examples.test.ts',
  'test/cli/init.test.ts',
  'test/cli/names.test.ts',
  'test/cli/own-data.test.ts',
  'test/cli/own-forms.test.ts',
  'test/cli/own-tables.test.ts',
  'test/clone.test.ts',
  'test/data/csv.test.ts',
  'test/data/image-folder.test.ts',
  'test/docs.test.ts',
  'test/files/lock.test.ts',
  'test/files/whole.test.ts',
  'test/formats/damaged-files.test.ts',
  'test/fuzz/',
  'test/inherited-names.test.ts',
  'test/kill/',
  'test/objectives/own-draw.test.ts',
  'test/onnx/proto.test.ts',
  'test/package.test.ts',
  'test/packaged/',
  'test/processes/',
  'test/readme.test.ts',
  'test/research/pages.test.ts',
  'test/resume/kill.test.ts',
  'test/runtime/close.test.ts',
  'test/runtime/gpu.test.ts',
  'test/runtime/open.test.ts',
  'test/runtime/without-binary.test.ts',
  'test/site/module.test.ts',
  'test/site/server.test.ts',
  'test/steps/own.test.ts',
  'test/train-step/auto.test.ts',
  'test/train-step/gpu.test.ts',
  'test/training/in-folder.test.ts',
  'test/wasm/impute.test.ts',
  'test/wasm/module.test.ts',
  'test/wasm/shared-parameters.test.ts',
  'test/types/shapes.test.ts',
];

/** They open pages in a real Chromium, of what is built. */
export const BROWSER: readonly string[] = [
  'test/browser/',
  'test/playground/',
  'test/report/figure.test.ts',
  'test/report/report.test.ts',
  'test/site/browser.test.ts',
  'test/training/browser.test.ts',
];

/** They take minutes each, or walk through a whole site, so `npm test` leaves them out. */
export const LONG: readonly string[] = ['test/docs-site/browser.test.ts', 'test/long/'];

/** What takes longest, 4 seconds of a processor and more, in the order in which the files of a project begin. */
export const LONGEST: readonly string[] = [
  'test/distributions/columns-exported.test.ts',
  'test/contributing.test.ts',
  'test/layers/parity.test.ts',
  'test/making/make.test.ts',
  'test/layers/likelihoods.test.ts',
  'test/docs-site/catalogue.test.ts',
  'test/docs-site/examples.test.ts',
  'test/train-step/worker.test.ts',
  'test/compiler/compile.test.ts',
  'test/architecture.test.ts',
  'test/training/exchange.test.ts',
  'test/train/pace.test.ts',
  'test/tfjs-node.test.ts',
  'test/training/export.test.ts',
  'test/onnx/hostile.test.ts',
  'test/scores/score-table.test.ts',
  'test/research/quadrants.test.ts',
  'test/compiler/few-rows.test.ts',
  'test/fuzz/command.test.ts',
  'test/packaged/packaged.test.ts',
  'test/processes/telemetry.test.ts',
  'test/processes/signals.test.ts',
  'test/readme.test.ts',
  'test/docs.test.ts',
  'test/kill/run.test.ts',
  'test/runtime/gpu.test.ts',
  'test/formats/damaged-files.test.ts',
  'test/package.test.ts',
  'test/packaged/hostile.test.ts',
  'test/cli/own-data.test.ts',
  'test/cli/own-tables.test.ts',
  'test/cli/init.test.ts',
  'test/cli/names.test.ts',
  'test/types/shapes.test.ts',
  'test/processes/runs.test.ts',
  'test/fuzz/layers.test.ts',
  'test/wasm/module.test.ts',
  'test/cli/examples.test.ts',
  'test/cli/bin.test.ts',
  'test/resume/kill.test.ts',
  'test/clone.test.ts',
  'test/playground/page.test.ts',
  'test/browser/operators.test.ts',
  'test/playground/train.test.ts',
  'test/browser/runtime.test.ts',
  'test/playground/drawing.test.ts',
  'test/browser/parity.test.ts',
  'test/playground/tables.test.ts',
  'test/browser/refused.test.ts',
  'test/playground/make.test.ts',
  'test/playground/keyboard.test.ts',
  'test/browser/packaged.test.ts',
  'test/report/report.test.ts',
  'test/site/browser.test.ts',
  'test/playground/ask.test.ts',
  'test/browser/values.test.ts',
  'test/browser/module.test.ts',
  'test/playground/make-pictures.test.ts',
  'test/playground/samples.test.ts',
];

/** What vitest is given for a list. */
export const globs = (list: readonly string[]): string[] =>
  list.map((entry) => (entry.endsWith('/') ? `${entry}**/*.test.ts` : entry));

/** Whether a file, by its path from the root, is in a list. */
export const isIn = (list: readonly string[], file: string): boolean =>
  list.some((entry) => (entry.endsWith('/') ? file.startsWith(entry) : file === entry));
