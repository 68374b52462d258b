import type { Manifest, TargetSignature } from '../../../src/signature.ts';
import type { Outputs } from 'cvae-compile/runtime';

/** At most this many elements of a target have a column each. */
const MOST = 12;

/** Returns samples as a table, a row each: of several targets a column or more for each. */
export const tableOf = ({ targets, ...y }: Manifest['target'], samples: Outputs): HTMLTableElement => {
  // A model of several targets gives a record of them.
  const several = targets && (samples as unknown as Readonly<Record<string, Outputs>>);
  const columns = Object.entries<Omit<TargetSignature, 'targets'>>(targets ?? { y }).flatMap(([name, target]) => {
    const { data, shape } = several?.[name] ?? samples;
    const each = data.length / (shape[0] ?? 1);
    return Array.from({ length: Math.min(each, MOST) }, (_, i) => ({
      head: target.names?.[i] ?? (each > 1 ? `${name} ${i}` : name),
      cell: (row: number) => textOf(target, data[row * each + i] ?? NaN),
    }));
  });
  const rows = (Object.values(several ?? {})[0] ?? samples).shape[0] ?? 0;
  const table = document.createElement('table');
  const head = table.createTHead().insertRow();
  for (const { head: text } of columns)
    head.append(Object.assign(document.createElement('th'), { textContent: text, scope: 'col' }));
  const body = table.createTBody();
  for (let row = 0; row < rows; row++) {
    const line = body.insertRow();
    for (const { cell } of columns) line.insertCell().textContent = cell(row);
  }
  return table;
};

const textOf = ({ classes }: Pick<TargetSignature, 'classes'>, value: number): string =>
  Array.isArray(classes) ? (classes[value] ?? `${value}`) : `${Number(value.toPrecision(4))}`;
