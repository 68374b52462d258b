import { signal, type ReadonlySignal, type Signal } from '@preact/signals';
import type { Computing, MakeRequest, MakeReport } from '../../../src/making/messages.ts';
import type { ColumnFacts, TableFacts, Use } from '../../../src/making/table-facts.ts';
import type { Held, Made } from '../../../src/making/make.ts';
import type { PixelSet } from '../../../src/making/material.ts';
import { problemOf, type Problem } from '../session/problem.ts';
import { arePictures, sortedPictures, type ChosenPictures, type Entry } from './chosen.ts';
import { decoded, factsOf } from './decode.ts';
import { sizesFor, type PictureFacts, type PictureForm } from './form.ts';

/** What a column is for the model. */
export type Role = Use | 'unused';

/** A table that was read. */
export interface TableRead extends TableFacts {
  readonly file: string;
}

/** Pictures that were read. */
export interface PicturesRead {
  readonly chosen: ChosenPictures;
  readonly facts: PictureFacts;
  readonly set: PixelSet;
}

export type Stage = 'ready' | 'reading' | 'training' | 'ending';

/** The losses of an epoch, in nats per row. */
export interface EpochLoss {
  readonly train: number;
  readonly validation: number | undefined;
}

/** A model that is being made of a table or of pictures: what it is made of, how far it has come, and what it has become. */
export interface Making {
  /** One of these is there once it was read. */
  readonly table: ReadonlySignal<TableRead | undefined>;
  readonly pictures: ReadonlySignal<PicturesRead | undefined>;
  /** The form that pictures have, or are being read in. */
  readonly form: ReadonlySignal<PictureForm | undefined>;
  readonly roles: Signal<Readonly<Record<string, Role>>>;
  readonly minutes: Signal<number>;
  readonly stage: ReadonlySignal<Stage>;
  /** Of the time that training may take, or of the pictures to read, from 0 to 1. */
  readonly spent: ReadonlySignal<number>;
  readonly losses: ReadonlySignal<readonly EpochLoss[]>;
  /** The model as it is now, in training and after. */
  readonly model: ReadonlySignal<Held | undefined>;
  readonly made: ReadonlySignal<Made | undefined>;
  readonly notices: ReadonlySignal<readonly string[]>;
  readonly problem: ReadonlySignal<Problem | undefined>;
  read(entries: readonly Entry[]): Promise<void>;
  /** Reads the pictures again, in another form. */
  reform(form: PictureForm): Promise<void>;
  /** Puts the rows of a table together by a column, sorted by another; without one, each is an example again. */
  together(by: string | undefined, order?: string): void;
  start(on: Computing, runtime: readonly string[]): void;
  /** Ends training; what it has reached is the model, if an epoch is over. */
  stop(): void;
}

/** What an example of the data is called. */
export type ExampleName = 'row' | 'sequence' | 'picture';

export const exampleOf = ({ pictures, table }: Making): ExampleName => {
  if (pictures.value) return 'picture';
  return table.value?.sequences ? 'sequence' : 'row';
};

export const createMaking = (): Making => {
  const state = stateOf();
  const { table, pictures, stage, problem } = state;
  let file = '';
  let worker: Worker | undefined;
  const ask = (request: MakeRequest): void => {
    worker ??= startWorker(
      hearing(state, () => file),
      (error) => fail(state, error),
    );
    worker.postMessage(request, []);
  };
  const reading = async (read: () => Promise<void> | void): Promise<void> => {
    if (stage.peek() !== 'ready') return;
    stage.value = 'reading';
    problem.value = undefined;
    forget(state);
    try {
      await read();
    } catch (error) {
      fail(state, error);
    }
  };
  return {
    ...state,
    read: (entries) =>
      reading(async () => {
        table.value = undefined;
        pictures.value = undefined;
        if (arePictures(entries)) {
          const chosen = sortedPictures(entries);
          file = chosen.name;
          const facts = await factsOf(chosen);
          const [[height, width] = [32, 32]] = sizesFor(facts);
          await readPictures(state, chosen, facts, { height, width, isGrey: facts.isGrey });
          return;
        }
        const one = tableIn(entries);
        file = one.name;
        ask({ do: 'read', name: file, bytes: new Uint8Array(await one.arrayBuffer()) });
      }),
    reform: (form) =>
      reading(async () => {
        const read = pictures.peek();
        if (read) await readPictures(state, read.chosen, read.facts, form);
      }),
    together: (by, order) =>
      void reading(() =>
        ask({ do: 'together', ...(by !== undefined && { by }), ...(order !== undefined && { order }) }),
      ),
    start: (on, runtime) => {
      if (stage.peek() !== 'ready') return;
      stage.value = 'training';
      problem.value = undefined;
      forget(state);
      const set = pictures.peek()?.set;
      ask({
        do: 'train',
        of: set ? { pictures: set } : chosenColumns(state),
        name: nameOf(file),
        minutes: state.minutes.peek(),
        runtime,
        on,
      });
    },
    stop: () => {
      if (stage.peek() !== 'training') return;
      stage.value = 'ending';
      ask({ do: 'stop' });
    },
  };
};

/** The columns that are drawn, and those that are given: of dates their month. */
const chosenColumns = ({ table, roles }: State) => {
  const columns = table.peek()?.columns ?? [];
  const of = (role: Role) => columns.filter(({ name }) => roles.peek()[name] === role);
  return {
    targets: of('drawn').map(({ name }) => name),
    conditions: of('given').map(({ name, kind }) => ({
      column: name,
      ...(kind === 'dates' && ({ part: 'month' } as const)),
    })),
  };
};

const tableIn = (entries: readonly Entry[]): File => {
  const [first, ...others] = entries;
  if (!first || others.length > 0)
    throw new Error(
      `page: expected one table, or PNG, JPEG or WebP pictures, got ${entries.length} files that are none; choose a CSV or TSV file, or a folder with a folder of pictures for each class`,
    );
  return first.file;
};

const readPictures = async (
  { pictures, form, stage, spent }: State,
  chosen: ChosenPictures,
  facts: PictureFacts,
  wanted: PictureForm,
): Promise<void> => {
  form.value = wanted;
  const { length } = chosen.all;
  const set = await decoded(chosen, facts, wanted, (done) => (spent.value = done / length));
  pictures.value = { chosen, facts, set };
  stage.value = 'ready';
};

const stateOf = () => ({
  pictures: signal<PicturesRead | undefined>(undefined),
  form: signal<PictureForm | undefined>(undefined),
  table: signal<TableRead | undefined>(undefined),
  roles: signal<Readonly<Record<string, Role>>>({}),
  minutes: signal(2),
  stage: signal<Stage>('ready'),
  spent: signal(0),
  losses: signal<readonly EpochLoss[]>([]),
  model: signal<Held | undefined>(undefined),
  made: signal<Made | undefined>(undefined),
  notices: signal<readonly string[]>([]),
  problem: signal<Problem | undefined>(undefined),
});
type State = ReturnType<typeof stateOf>;

/** Returns what the worker's messages change. */
const hearing =
  (state: State, file: () => string) =>
  (report: MakeReport): void => {
    const { table, roles, stage, spent, losses, model, made, notices } = state;
    switch (report.kind) {
      case 'table':
        table.value = { file: file(), ...report.table };
        roles.value = usualRoles(report.table);
        stage.value = 'ready';
        return;
      case 'notice':
        notices.value = [...notices.peek(), report.text];
        return;
      case 'progress':
        spent.value = report.spent;
        return;
      case 'epoch':
        losses.value = [...losses.peek(), report];
        return;
      case 'model':
        ({ model: model.value } = report);
        return;
      case 'made':
        ({ made: made.value } = report);
        model.value = report.made;
        stage.value = 'ready';
        return;
      case 'stopped':
        notices.value = ['Stopped before the first epoch was over: nothing is kept.'];
        stage.value = 'ready';
        return;
      case 'failed':
        fail(state, new Error(report.message));
    }
  };

const fail = ({ stage, problem }: State, error: unknown): void => {
  const title = stage.peek() === 'reading' ? 'The data could not be read' : 'Training stopped';
  problem.value = problemOf(error, title);
  stage.value = 'ready';
};

/** Forgets what was made before. */
const forget = ({ spent, losses, model, made, notices }: State): void => {
  spent.value = 0;
  losses.value = [];
  model.value = undefined;
  made.value = undefined;
  notices.value = [];
};

const startWorker = (hear: (report: MakeReport) => void, fail: (error: unknown) => void): Worker => {
  const worker = new Worker(new URL('../../../src/making/making-worker.ts', import.meta.url), { type: 'module' });
  worker.addEventListener('message', ({ data }: MessageEvent<MakeReport>) => hear(data));
  worker.addEventListener('error', ({ message }) =>
    fail(new Error(message || 'The worker that trains could not be started')),
  );
  return worker;
};

/**
 * What columns are at first. Of rows, dates and the first class are conditions, and the others are drawn; of sequences what is the same
 * throughout is a condition, and what changes is drawn.
 */
const usualRoles = ({ columns, sequences }: TableFacts): Readonly<Record<string, Role>> => {
  const others = columns.filter(({ uses }) => uses.includes('drawn'));
  const first = others.length > 1 ? others.find(({ kind }) => kind === 'classes') : undefined;
  const isGiven = (one: ColumnFacts): boolean =>
    sequences ? !one.isSeries : one === first || !one.uses.includes('drawn');
  return Object.fromEntries(
    columns.map((one): [string, Role] => {
      const role = isGiven(one) ? 'given' : 'drawn';
      return [one.name, one.uses.includes(role) ? role : 'unused'];
    }),
  );
};

/** A model is named after its file. */
const nameOf = (file: string): string =>
  file
    .replace(/\.[^.]*$/, '')
    .replaceAll(/[^\w-]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .toLowerCase() || 'model';
