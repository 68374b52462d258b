import type { Outputs } from 'cvae-compile/runtime';
import { isClasses, type Manifest, type TargetSignature } from '../../../src/signature.ts';
import { elementTexts } from '../../../src/values/element-names.ts';
import { classesOf, readable } from '../condition/values.ts';
import { lackingOf } from './aligned.ts';
import { isolated } from './isolated.ts';
import { viewOf } from './view-of.ts';
import { isLong } from './plots.ts';
import { resultsOf, rowsOf, targetsOf } from './results.ts';

/** Whether what a model gives fits in the row of a table: no pictures, and no sequences. */
export const isTabular = (manifest: Pick<Manifest, 'target'>): boolean =>
  targetsOf(manifest).every(([, target]) => viewOf(target) === undefined && !isLong(target));

/** What the columns of a row are called: its elements; a class is one, shown by the likeliest. */
export const columnTexts = (manifest: Pick<Manifest, 'target'>): readonly string[] =>
  targetsOf(manifest).flatMap(([name, target]) => elementTexts(name, target));

/** The cells of a row of means, in the order of `columnTexts`. */
export const cellTexts = (manifest: Pick<Manifest, 'target'>, outputs: Outputs, row: number): readonly string[] => {
  const results = resultsOf(manifest, outputs);
  const rows = rowsOf(manifest, outputs);
  return targetsOf(manifest).flatMap(([name, target]) => {
    const data = results[name]?.data ?? new Float32Array();
    const size = data.length / rows;
    return textsOf(target, data.subarray(row * size, (row + 1) * size));
  });
};

const textsOf = (target: TargetSignature, values: Float32Array): readonly string[] => {
  if (!isClasses(target)) return Array.from(values, (value) => readable(value));
  const names = classesOf(target);
  return Array.from({ length: values.length / names.length }, (_, place) => {
    const chances = values.subarray(place * names.length, (place + 1) * names.length);
    const likeliest = chances.indexOf(Math.max(...chances));
    return `${isolated(names[likeliest] ?? `${likeliest}`)} (${Math.round(100 * (chances[likeliest] ?? 0))} %)`;
  });
};

/** Rows that a model gives, each by its name. */
export const OutcomeTable = ({
  manifest,
  outputs,
  names,
  named = '',
  label,
}: {
  readonly manifest: Manifest;
  readonly outputs: Outputs;
  readonly names: readonly string[];
  /** What the names are of. */
  readonly named?: string;
  readonly label: string;
}) => {
  const rows = names.map((_, row) => cellTexts(manifest, outputs, row));
  const columns = columnTexts(manifest).map((text, i) => ({ text, isNumber: isNumeric(manifest)[i] === true }));
  const lacking = columns.map((_, i) => lackingOf(rows.map((cells) => cells[i] ?? '')));
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={label}>
      <table class="outcomes">
        <thead>
          <tr>
            <td class="hint">{named}</td>
            {columns.map(({ text, isNumber }, i) => (
              <th key={i} scope="col" class={isNumber ? 'number' : ''}>
                {text}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {names.map((name, row) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {rows[row]?.map((text, i) => (
                <td key={i} {...(columns[i]?.isNumber && { class: 'number', 'data-lacking': lacking[i]?.[row] })}>
                  {text}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
};

/** Whether the columns of \`columnTexts\` have numbers. */
const isNumeric = (manifest: Pick<Manifest, 'target'>): readonly boolean[] =>
  targetsOf(manifest).flatMap(([name, target]) => elementTexts(name, target).map(() => !isClasses(target)));
