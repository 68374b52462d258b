import { signal, type ReadonlySignal, type Signal } from '@preact/signals';
import type { Computing, ColumnFacts, MakeRequest, MakeSaid } from '../../../src/making/messages.ts';
import type { Held, Made } from '../../../src/making/make.ts';
import { problemOf, type Problem } from '../session/problem.ts';

/** What a column is for the model. */
export type Role = 'drawn' | 'given' | 'unused';

/** A table that was read, and what each of its columns is to be. */
export interface TableRead {
  readonly file: string;
  readonly rows: number;
  readonly columns: readonly ColumnFacts[];
}

export type Stage = 'ready' | 'reading' | 'training' | 'ending';

/** The losses of an epoch, in nats per row. */
export interface EpochLoss {
  readonly train: number;
  readonly validation: number | undefined;
}

/** A model that is being made of a table: what it is made of, how far it has come, and what it has become. */
export interface Making {
  readonly table: ReadonlySignal<TableRead | undefined>;
  readonly roles: Signal<Readonly<Record<string, Role>>>;
  readonly minutes: Signal<number>;
  readonly stage: ReadonlySignal<Stage>;
  /** Of the time that it may take, from 0 to 1. */
  readonly spent: ReadonlySignal<number>;
  readonly losses: ReadonlySignal<readonly EpochLoss[]>;
  /** The model as it is now, in training and after. */
  readonly model: ReadonlySignal<Held | undefined>;
  readonly made: ReadonlySignal<Made | undefined>;
  readonly notices: ReadonlySignal<readonly string[]>;
  readonly problem: ReadonlySignal<Problem | undefined>;
  read(file: File): Promise<void>;
  start(on: Computing, runtime: readonly string[]): void;
  /** Ends training; what it has reached is the model. */
  stop(): void;
}

export const createMaking = (): Making => {
  const state = stateOf();
  const { table, roles, stage, problem } = state;
  let file = '';
  let worker: Worker | undefined;
  const ask = (request: MakeRequest): void => {
    worker ??= startWorker(
      hearing(state, () => file),
      (error) => fail(state, error),
    );
    worker.postMessage(request, []);
  };
  return {
    ...state,
    read: async (chosen) => {
      if (stage.peek() !== 'ready') return;
      stage.value = 'reading';
      problem.value = undefined;
      table.value = undefined;
      forget(state);
      file = chosen.name;
      try {
        ask({ do: 'read', name: file, bytes: new Uint8Array(await chosen.arrayBuffer()) });
      } catch (error) {
        fail(state, error);
      }
    },
    start: (on, runtime) => {
      if (stage.peek() !== 'ready') return;
      stage.value = 'training';
      problem.value = undefined;
      forget(state);
      const columns = table.peek()?.columns ?? [];
      const of = (role: Role) => columns.filter(({ name }) => roles.peek()[name] === role);
      ask({
        do: 'train',
        targets: of('drawn').map(({ name }) => name),
        conditions: of('given').map(({ name, kind }) => ({ column: name, ...(kind === 'dates' && { part: 'month' }) })),
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

const stateOf = () => ({
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
  (said: MakeSaid): void => {
    const { table, roles, stage, spent, losses, model, made, notices } = state;
    switch (said.said) {
      case 'table':
        table.value = { file: file(), rows: said.rows, columns: said.columns };
        roles.value = usualRoles(said.columns);
        stage.value = 'ready';
        return;
      case 'notice':
        notices.value = [...notices.peek(), said.text];
        return;
      case 'progress':
        spent.value = said.spent;
        return;
      case 'epoch':
        losses.value = [...losses.peek(), said];
        return;
      case 'model':
        ({ model: model.value } = said);
        return;
      case 'made':
        ({ made: made.value } = said);
        model.value = said.made;
        stage.value = 'ready';
        return;
      case 'failed':
        fail(state, new Error(said.message));
    }
  };

const fail = ({ stage, problem }: State, error: unknown): void => {
  const title = stage.peek() === 'reading' ? 'The table could not be read' : 'Training stopped';
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

const startWorker = (hear: (said: MakeSaid) => void, fail: (error: unknown) => void): Worker => {
  const worker = new Worker(new URL('../../../src/making/making-worker.ts', import.meta.url), { type: 'module' });
  worker.addEventListener('message', ({ data }: MessageEvent<MakeSaid>) => hear(data));
  worker.addEventListener('error', ({ message }) =>
    fail(new Error(message || 'The worker that trains could not be started')),
  );
  return worker;
};

/** What columns are at first: dates and the first class are conditions, the others are drawn. */
const usualRoles = (columns: readonly ColumnFacts[]): Readonly<Record<string, Role>> => {
  const others = columns.filter(({ kind }) => kind === 'numbers' || kind === 'classes');
  const first = others.length > 1 ? others.find(({ kind }) => kind === 'classes') : undefined;
  return Object.fromEntries(
    columns.map((one): [string, Role] => {
      if (one.kind === 'none') return [one.name, 'unused'];
      return [one.name, one === first || one.kind === 'dates' ? 'given' : 'drawn'];
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
