// Cells that stand for no value. Those of pandas' `read_csv`, which tell capitals apart but for these few, and what else is usual.
const ANY_CASE = new Set(['', 'na', 'n/a', 'nan', 'null', '?']);
const AS_WRITTEN = new Set([
  'None',
  '<NA>',
  '#N/A',
  '#N/A N/A',
  '#NA',
  '-NaN',
  '-nan',
  '1.#IND',
  '1.#QNAN',
  '-1.#IND',
  '-1.#QNAN',
  '-',
  '--',
]);

/** Whether a cell says that there is no value, by itself or by one of these texts. */
export const isMissing = (cell: string, others: ReadonlySet<string>): boolean =>
  ANY_CASE.has(cell.toLowerCase()) || AS_WRITTEN.has(cell) || others.has(cell);
