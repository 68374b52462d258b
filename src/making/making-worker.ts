// The worker in which a page makes a model of a table or of pictures: nothing leaves it.
import { InvalidData, isUserError, reasonOf } from '../errors.ts';
import type { Choice, Condition } from './choice.ts';
import { startEngine } from './engine.ts';
import type { Known } from './kinds.ts';
import { makeModel } from './make.ts';
import { ofPictures, ofTable, type Material } from './material.ts';
import type { MakeRequest, MakeReport } from './messages.ts';
import type { Sequences } from './sequences.ts';
import { rowFacts, sequenceFacts, together } from './table-facts.ts';
import { readTextTable, type TextTable } from './table.ts';

let table: TextTable | undefined;
/** How its rows are put together, if a row is no example by itself. */
let sequences: Sequences | undefined;
let stop = new AbortController();

const serve = async (request: MakeRequest): Promise<void> => {
  switch (request.do) {
    case 'read': {
      table = undefined;
      sequences = undefined;
      table = readTextTable(request.name, request.bytes);
      report({ kind: 'table', table: rowFacts(table) });
      return;
    }
    case 'together': {
      const read = readTable();
      const { by, order } = request;
      sequences = by === undefined ? undefined : together(read, by, order);
      report({ kind: 'table', table: sequences ? sequenceFacts(read, sequences) : rowFacts(read) });
      return;
    }
    case 'train': {
      stop = new AbortController();
      const made = await makeModel({
        from: materialOf(request.of),
        name: request.name,
        engine: await startEngine(request.on),
        minutes: request.minutes,
        runtime: request.runtime,
        signal: stop.signal,
        onNotice: (text) => report({ kind: 'notice', text }),
        onProgress: ({ epoch, spent = 0 }) => report({ kind: 'progress', epoch, spent }),
        onEpoch: ({ train, validation }) =>
          report({ kind: 'epoch', train: train['loss'] ?? NaN, validation: validation?.['loss'] }),
        onModel: (model) => report({ kind: 'model', model }),
      });
      report(made ? { kind: 'made', made } : { kind: 'stopped' });
      return;
    }
    case 'stop':
      stop.abort();
  }
};

type Chosen = Extract<MakeRequest, { readonly do: 'train' }>['of'];

const materialOf = (of: Chosen): Material => {
  if ('pictures' in of) return ofPictures(of.pictures);
  const read = readTable();
  return ofTable(read, { ...choiceOf(read, of), ...(sequences && { sequences }) });
};

const readTable = (): TextTable => {
  if (!table) throw new InvalidData('page: expected a table, got none; choose a file');
  return table;
};

/** Finds the columns that were chosen. */
const choiceOf = (
  { columns }: TextTable,
  { targets, conditions }: Exclude<Chosen, { readonly pictures: unknown }>,
): Choice => {
  const find = (name: string): Known => {
    const found = columns.find((one) => one.name === name);
    if (!found) throw new InvalidData(`${name}: expected a column of the table, got none; choose the file again`);
    return found;
  };
  return {
    targets: targets.map(find),
    conditions: conditions.map(({ column, part }): Condition => ({ column: find(column), ...(part && { part }) })),
  };
};

const report = (what: MakeReport): void => self.postMessage(what, []);

self.addEventListener('message', ({ data }) => {
  serve(data).catch((error: unknown) => {
    // If it is none that a user causes, the browser's console has its stack.
    if (!isUserError(error)) console.error(error);
    report({ kind: 'failed', message: reasonOf(error) });
  });
});

/** The part of a worker's global scope that is used. */
declare const self: {
  postMessage(message: MakeReport, transfer: readonly ArrayBuffer[]): void;
  addEventListener(type: 'message', listener: (event: { readonly data: MakeRequest }) => void): void;
};
