import { join } from 'node:path';
import { loadBackend, type Backend, type BackendName } from '../../src/train/backend.ts';
import { Wrong, wrongOf } from '../failure.ts';
import { shrunk, type Failing } from '../shrink.ts';
import type { Budget, Failure, Outcome, Stage } from '../stage.ts';
import { caseOf, choicesOf, textOf, type Case } from './case.ts';
import { enginesHere } from './engines.ts';
import { Later } from './later.ts';
import type { Bench } from './bench.ts';
import { tryDefinition, type Counts } from './try.ts';
import { typeErrors, type Compiler } from './types.ts';

/** How many definitions are type-checked in one program. */
const BATCH = 60;
/** How long a program takes: no definition is begun that there would be no time to type-check. */
const CHECKING = 2500;
/** One batch in this number is checked by 5.9 too, which takes five times as long. */
const OLD = 4;

/** Random definitions: their types, and all that is computed from them. */
export const definitions = (only?: readonly string[]): Stage => ({
  name: 'definitions',
  run: async (budget) => {
    const { engines, missing } = await enginesHere(only);
    const builds = await backends();
    try {
      return await new Definitions(budget, engines, builds, missing).run();
    } finally {
      for (const engine of engines) engine.close();
    }
  },
});

/** The builds of TensorFlow.js that work here. */
export const backends = async (): Promise<ReadonlySet<BackendName>> => {
  const { name } = await loadBackend();
  return new Set(['tfjs-cpu', name]);
};

/** Tries one definition, in the build of TensorFlow.js that it asks for, where that works. */
export const tryCase = async (
  one: Case,
  name: string,
  bench: Omit<Bench, 'tfjs'>,
  builds: ReadonlySet<BackendName>,
): Promise<Counts> => {
  const tfjs: Backend = await loadBackend(builds.has(one.tfjs) ? one.tfjs : 'tfjs-cpu');
  return tryDefinition(one, { ...bench, tfjs: [tfjs] }, one, name);
};

class Definitions {
  private readonly counts: Record<string, number> = {
    definitions: 0,
    'type-checked': 0,
    files: 0,
    runs: 0,
    'training steps': 0,
    'outputs beyond float32': 0,
  };
  private readonly failures: Failure[] = [];
  private readonly kinds = new Set<string>();
  private waiting: { readonly at: number; readonly choices: readonly number[] }[] = [];
  private checking: Promise<void> = Promise.resolve();
  private batches = 0;
  private readonly bench: Omit<Bench, 'tfjs' | 'later'>;
  private readonly later = new Later();
  private readonly found: { readonly at: number; readonly failing: Failing }[] = [];
  private readonly budget: Budget;
  private readonly builds: ReadonlySet<BackendName>;
  private readonly notes: readonly string[];

  constructor(budget: Budget, engines: Bench['engines'], builds: ReadonlySet<BackendName>, missing: readonly string[]) {
    this.budget = budget;
    this.builds = builds;
    this.bench = { folder: budget.folder, engines };
    this.notes = missing.map((engine) => `not tried on ${engine}`);
  }

  async run(): Promise<Outcome> {
    const { seed, until, all, progress } = this.budget;
    const goesOn = (): boolean => all || this.failures.length === 0;
    for (let at = 0; (at === 0 || performance.now() < until - CHECKING) && goesOn(); at++) {
      const choices = choicesOf(seed, at);
      const later = (run: () => Promise<void>): void =>
        this.later.offer(run, (wrong) => void this.found.push({ at, failing: { choices, wrong } }));
      const wrong = await this.tried(choices, `d${at}`, { ...this.bench, later }, (counts) => this.add(counts));
      if (wrong) await this.minimised(at, { choices, wrong });
      for (const late of this.found.splice(0)) await this.minimised(late.at, late.failing);
      this.waiting.push({ at, choices });
      if (this.waiting.length >= BATCH) await this.check();
      progress(`${at + 1} definitions`);
    }
    progress('type-checking');
    await this.check();
    await Promise.all([this.checking, this.later.settled()]);
    for (const late of this.found.splice(0)) await this.minimised(late.at, late.failing);
    this.counts['files on webgpu'] = this.later.done;
    return { counts: this.counts, notes: this.notes, failures: this.failures };
  }

  private async minimised(at: number, { choices, wrong }: Failing): Promise<void> {
    if (this.kinds.has(wrong.kind)) return;
    this.kinds.add(wrong.kind);
    this.budget.progress(`${wrong.kind}: making it smaller`);
    const { used } = caseOf(choices);
    const found = await shrunk(
      { choices: choices.slice(0, used), wrong },
      {
        tried: async ([one = []]) => [await this.tried(one, `s${at}`, this.bench)],
        milliseconds: this.budget.shrinking,
      },
    );
    this.fail(at, found, textOf(caseOf(found.choices)));
  }

  private async tried(
    list: readonly number[],
    name: string,
    bench: Omit<Bench, 'tfjs'>,
    done?: (counts: Counts) => void,
  ): Promise<Wrong | undefined> {
    try {
      const counts = await tryCase(caseOf(list), name, bench, this.builds);
      done?.(counts);
      return undefined;
    } catch (error) {
      return wrongOf(error);
    }
  }

  private add({ files, runs, steps, unstable }: Counts): void {
    const add = (name: string, n: number): void => void (this.counts[name] = (this.counts[name] ?? 0) + n);
    add('definitions', 1);
    add('files', files);
    add('runs', runs);
    add('training steps', steps);
    add('outputs beyond float32', unstable);
  }

  private fail(at: number, { wrong }: Failing, text: string): void {
    const { kind, message } = wrong;
    this.failures.push({
      stage: 'definitions',
      kind,
      message,
      at,
      text,
      file: `definition-${this.budget.seed}-${at}.ts`,
    });
  }

  /** Type-checks those that wait, while others are tried. */
  private async check(): Promise<void> {
    const batch = this.waiting;
    this.waiting = [];
    const number = this.batches++;
    await this.checking;
    const compilers: readonly Compiler[] = number % OLD === OLD - 1 ? ['typescript-7', 'typescript'] : ['typescript-7'];
    this.checking = (async () => {
      for (const compiler of compilers) await this.checkWith(compiler, number, batch);
      this.counts['type-checked'] = (this.counts['type-checked'] ?? 0) + batch.length;
    })();
  }

  private async checkWith(compiler: Compiler, number: number, batch: typeof this.waiting): Promise<void> {
    if (batch.length === 0) return;
    const kind = `types (${compiler})`;
    const folder = join(this.budget.folder, `types-${number}`);
    const wrongs = async (lists: readonly (readonly number[])[]): Promise<readonly (Wrong | undefined)[]> => {
      const errors = await typeErrors(
        compiler,
        folder,
        lists.map((list) => caseOf(list).claimed),
      );
      return lists.map((_, i) => {
        const text = errors.get(i);
        return text === undefined ? undefined : new Wrong(kind, text);
      });
    };
    const found = await wrongs(batch.map(({ choices }) => choices));
    const i = found.findIndex((wrong) => wrong !== undefined);
    const [one, wrong] = [batch[i], found[i]];
    if (!one || !wrong || this.kinds.has(kind)) return;
    this.kinds.add(kind);
    const choices = one.choices.slice(0, caseOf(one.choices).used);
    const small = await shrunk({ choices, wrong }, { tried: wrongs, atOnce: 24, milliseconds: this.budget.shrinking });
    this.fail(one.at, small, caseOf(small.choices).claimed);
  }
}
