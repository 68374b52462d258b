import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { markdown } from '../../../bench/measure.ts';
import type { Checked } from '../../../src/export/engines/check-engines.ts';
import { ENGINES } from '../../../src/export/engines/open-engine.ts';

/** What engines made of a model's files in one precision. */
export interface Row {
  readonly model: string;
  readonly precision: 'float32' | 'float16' | 'int8' | 'int4';
  readonly checked: readonly Checked[];
}

const PAGE = fileURLToPath(new URL('../../../docs/engines.md', import.meta.url));

/** Where what was found is kept, a file for each model. */
const RECORDS = fileURLToPath(new URL('../../../.cache/engines', import.meta.url));

/** Keeps what was found of a model, with what was found in other engines before. */
export const saveRows = (name: string, rows: readonly Row[]): void => {
  const path = join(RECORDS, `${name.replaceAll('/', '-')}.json`);
  const before: readonly Row[] = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : [];
  const all = rows.map((row) => {
    const others = before.find(({ precision }) => precision === row.precision)?.checked ?? [];
    const isNew = new Set(row.checked.map(({ engine }) => engine));
    return { ...row, checked: [...others.filter(({ engine }) => !isNew.has(engine)), ...row.checked] };
  });
  mkdirSync(RECORDS, { recursive: true });
  writeFileSync(path, JSON.stringify(all));
};

/** Writes the table of all that was found into docs/engines.md. */
export const writeTable = (): void => {
  const rows = readdirSync(RECORDS).flatMap((file): readonly Row[] =>
    JSON.parse(readFileSync(join(RECORDS, file), 'utf8')),
  );
  const all = rows.flatMap(({ checked }) => checked);
  const engines = ENGINES.filter((name) => all.some(({ engine }) => engine === name));
  const table = rows.map(({ model, precision, checked }) => ({
    files: `${model}, ${precision}`,
    ...Object.fromEntries(engines.map((name) => [name, cellOf(checked.find(({ engine }) => engine === name))])),
  }));
  const versions = engines.map((name) => `${name} ${all.find(({ engine }) => engine === name)?.version ?? ''}`.trim());
  const missing = ENGINES.filter((name) => !engines.includes(name));
  const text = [
    markdown(table),
    `Versions: ${versions.join('; ')}.${missing.length > 0 ? ` Not run: ${missing.join(', ')}.` : ''}`,
    'What is refused, or other than 1e-4:',
    refusals(rows),
  ].join('\n\n');
  const marked = /(<!-- table -->)[\s\S]*?(<!-- end -->)/;
  writeFileSync(
    PAGE,
    readFileSync(PAGE, 'utf8').replace(marked, (_, head: string, tail: string) => `${head}\n\n${text}\n\n${tail}`),
  );
};

/** The largest difference of a model's files, and how many of them there are not. */
const cellOf = (checked: Checked | undefined): string => {
  const outcomes = Object.values(checked?.files ?? {});
  if (outcomes.length === 0) return '';
  const far = outcomes.flatMap((outcome) => ('difference' in outcome ? [outcome.difference] : []));
  const without = outcomes.length - far.length;
  if (far.length === 0) return 'none';
  const most = Math.max(...far).toExponential(0);
  return without > 0 ? `${most}, ${far.length} of ${outcomes.length}` : most;
};

/** Each reason once, with the engine and the files. */
const refusals = (rows: readonly Row[]): string => {
  const places = new Map<string, Set<string>>();
  for (const { model, precision, checked } of rows)
    for (const { engine, files } of checked)
      for (const [part, outcome] of Object.entries(files)) {
        const isFar = 'difference' in outcome && !(outcome.difference <= 1e-4);
        const reason = 'reason' in outcome ? outcome.reason : isFar ? 'other numbers' : undefined;
        if (reason === undefined) continue;
        const key = `**${engine}**: ${plain(reason)}`;
        places.set(
          key,
          (places.get(key) ?? new Set()).add(`${part} of ${model}${precision === 'float32' ? '' : ` in ${precision}`}`),
        );
      }
  return [...places].map(([reason, found]) => `- ${reason} (${inWords([...found])})`).join('\n');
};

/** A reason without what differs from run to run, or from file to file. */
const plain = (reason: string): string =>
  reason
    .replace(/(?:\/[\w.-]+){2,}\//g, '')
    .replaceAll('|', '\\|')
    .replace(/\s+/g, ' ')
    .replace(
      /^train\.onnx: expected a file that \S+ (?:loads|runs), got "(.*)"; report this with the definition$/,
      '$1',
    )
    .replace(/node #\d+ "[^"]*" /, '')
    .replace(/^OpenCV\([\d.]+\) \S+ error: /, '')
    .replace(/ModelPatch \{.*?name: "([^"]*)".*/, 'a patch of $1')
    .replace(/^Exception from \S+ /, '')
    .slice(0, 240);

const inWords = (found: readonly string[]): string =>
  found.length > 4 ? `${found.slice(0, 3).join(', ')} and ${found.length - 3} others` : found.join(', ');
