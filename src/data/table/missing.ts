// Cells that denote a missing value: those of pandas' `read_csv`, which distinguishes case except for these few, the errors of
// spreadsheets, and other common ones.
const ANY_CASE = new Set(['', 'na', 'n/a', 'n.a.', 'nan', 'null', '?']);
/** A word that is missing to most programs, and the name of a class in many tables. */
export const NONE_WORD = 'None';

const AS_WRITTEN = new Set([
  NONE_WORD,
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
  '#DIV/0!',
  '#NAME?',
  '#NULL!',
  '#NUM!',
  '#REF!',
  '#VALUE!',
  '-',
  '--',
  '–',
  '—',
  // SAS and Stata, and the World Bank.
  '.',
  '..',
]);

/** Whether a cell denotes a missing value, by itself or as one of these texts. */
export const isMissing = (cell: string, others: ReadonlySet<string>): boolean =>
  ANY_CASE.has(cell.toLowerCase()) || AS_WRITTEN.has(cell) || others.has(cell);
