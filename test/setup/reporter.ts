import { relative } from 'node:path';
import {
  DefaultReporter,
  type SerializedError,
  type TestCase,
  type TestModule,
  type TestRunEndReason,
  type TestSpecification,
  type Vitest,
} from 'vitest/node';

/** Seconds that a file takes where it has not been run on this machine, by its project: of three that share two cores. */
const USUAL: Readonly<Record<string, number>> = { unit: 2, alone: 8, built: 4.2, mocked: 4, browser: 12, long: 120 };
/** Seconds to load a file, and to build dist/ for the projects that need it. */
const [LOADING, BUILDING] = [0.5, 10];
/** Where nothing can be written over, a line of progress comes after this number of seconds. */
const PATIENCE = 30;

/**
 * What `npm test` shows: how long it will take, how far it is, each failure in full, and the counts. What passes is not mentioned,
 * nor what it writes.
 */
export default class Quiet extends DefaultReporter {
  #files = 0;
  #done = 0;
  #estimate = 0;
  #said = 0;

  constructor() {
    super({ summary: false, silent: 'passed-only' });
  }

  override onInit(ctx: Vitest): void {
    this.ctx = ctx;
    // Errors go to the same stream, so that the counts are the last line even if two streams are read.
    ctx.logger.error = (...words: unknown[]) => ctx.logger.log(...words);
  }

  override onTestRunStart(specifications: readonly TestSpecification[]): void {
    super.onTestRunStart(specifications);
    this.#files = specifications.length;
    this.#done = 0;
    this.#said = performance.now();
    this.#estimate = this.#estimated(specifications);
    if (this.#files > 0) this.log(`${files(this.#files)}, about ${time(this.#estimate)}`);
  }

  override onTestCaseResult(test: TestCase): void {
    if (test.result().state !== 'failed') return;
    this.#clear();
    this.log(`failed: ${test.module.relativeModuleId} > ${test.fullName}`);
    super.onTestCaseResult(test);
  }

  override onTestModuleEnd(module: TestModule): void {
    this.#done++;
    if (module.errors().length > 0) {
      this.#clear();
      this.log(`failed: ${module.relativeModuleId}`);
    }
    const now = performance.now();
    if (!this.isTTY && now - this.#said < 1000 * PATIENCE) return;
    this.#said = now;
    const past = (now - this.start) / 1000;
    const whole = past < this.#estimate ? ` of about ${time(this.#estimate)}` : '';
    const progress = `${this.#done} of ${files(this.#files)}, ${time(past)}${whole}`;
    if (this.isTTY) this.ctx.logger.outputStream.write(`\r\u001B[2K${progress}`);
    else this.log(progress);
  }

  override onTestRunEnd(
    modules: readonly TestModule[],
    errors: readonly SerializedError[],
    reason: TestRunEndReason,
  ): void {
    this.#clear();
    super.onTestRunEnd(modules, errors, reason);
    const states = modules.flatMap((module) => [...module.children.allTests()].map((test) => test.result().state));
    const count = (state: string): number => states.filter((each) => each === state).length;
    // A file that does not load, or whose hooks fail, fails as well, and so does what no test has caught.
    const failed = count('failed') + modules.flatMap((module) => module.errors()).length + errors.length;
    const skipped = count('skipped');
    this.log(`${count('passed')} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  }

  /** The counts are the last line: what snapshots have become is all that comes before. */
  override reportTestSummary(): void {
    const { added, updated, unmatched } = this.ctx.snapshot.summary;
    const written = added + updated;
    if (written > 0) this.log(`${written} expected ${written === 1 ? 'text was' : 'texts were'} written: see git diff`);
    if (unmatched > 0) this.log('A text is not what is expected: if it should be, -u writes it');
  }

  /** Seconds, from what the files took the last time. */
  #estimated(specifications: readonly TestSpecification[]): number {
    const seconds = specifications.map(({ project, moduleId }) => {
      const key = `${project.name}:${relative(project.config.root, moduleId)}`;
      const last = this.ctx.cache.getFileTestResults(key);
      // What failed may have ended early.
      return LOADING + (last && !last.failed ? last.duration / 1000 : (USUAL[project.name] ?? 1));
    });
    const workers = Math.min(this.ctx.config.maxWorkers, specifications.length);
    const sum = seconds.reduce((a, b) => a + b, 0);
    const builds = specifications.some(({ project }) => project.config.globalSetup.length > 0);
    return Math.max(sum / Math.max(1, workers), ...seconds) + (builds ? BUILDING : 0);
  }

  #clear(): void {
    if (this.isTTY) this.ctx.logger.outputStream.write('\r\u001B[2K');
  }
}

const files = (count: number): string => `${count} ${count === 1 ? 'file' : 'files'}`;

/** `45 s`, `2 min 30 s`. */
const time = (seconds: number): string => {
  const whole = Math.max(1, Math.round(seconds));
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min${whole % 60 > 0 ? ` ${whole % 60} s` : ''}`;
};
