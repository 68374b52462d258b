import type { Playground } from '../session/playground.ts';
import { rowsCsv } from '../table/csv.ts';
import { SaveCsv } from '../table/SaveCsv.tsx';
import { lackingOf } from '../view/aligned.ts';
import { Canvas } from '../view/Picture.tsx';
import { ColumnPicture } from './ColumnPicture.tsx';
import { groupsOf, type Column, type ColumnGroup } from './columns.ts';
import type { Drawn } from './drawing.ts';
import { rowNames } from './rows.ts';

/** Samples in numbers, to choose from: a column for each element, with how its values are distributed. */
export const SampleTable = ({
  playground: { manifest, chosen },
  drawn,
}: {
  readonly playground: Playground;
  readonly drawn: Drawn;
}) => {
  const { samples, settings } = drawn;
  const rows = samples.z.shape[0] ?? 0;
  const names = rowNames(manifest, drawn);
  const groups = groupsOf(manifest, samples);
  const columns = groups
    .flatMap((group) => group.columns)
    .map((column) => {
      const texts = column.values.map(column.text);
      return { ...column, texts, lacking: isNumeric(column) ? lackingOf(texts) : undefined };
    });
  const left = groups.filter(({ more }) => more > 0);
  return (
    <>
      <div class="scroll tall" tabIndex={0} role="region" aria-label="Table of samples">
        <table class="samples">
          <Head groups={groups} />
          <tbody>
            {Array.from({ length: rows }, (_, row) => {
              const name = names[Math.floor(row / settings.count)] ?? '';
              return (
                <tr key={row}>
                  <th scope="row">
                    <button
                      type="button"
                      class="button"
                      aria-pressed={row === chosen.value}
                      aria-label={`Sample ${name && `${name} `}${(row % settings.count) + 1}`}
                      onClick={() => (chosen.value = row === chosen.value ? undefined : row)}
                    >
                      {name} {(row % settings.count) + 1}
                    </button>
                  </th>
                  {columns.map(({ texts, lacking, pictures, title }, i) => (
                    <td key={i} {...(lacking && { class: 'number', 'data-lacking': lacking[row] })}>
                      {pictures ? (
                        <Canvas picture={pictures.image(row)} label={`${title} of sample ${row + 1}`} />
                      ) : (
                        texts[row]
                      )}
                    </td>
                  ))}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      <div class="row">
        <SaveCsv
          label="Save table as CSV"
          file={`${manifest.name}-table.csv`}
          text={() => rowsCsv(manifest, drawn.values, samples, settings.count)}
        />
      </div>
      {left.map(({ name, more, columns: own }) => (
        <p key={name} class="hint">
          First {own.length} of {own.length + more} elements of {name}; the CSV has all.
        </p>
      ))}
    </>
  );
};

/** Whether a column has numbers: no pictures, and no classes. */
const isNumeric = ({ pictures, classes }: Column): boolean => !pictures && classes === undefined;

/** Whether a target has a name above its columns: a single one says itself what it is. */
const isTitled = ({ columns }: ColumnGroup): boolean => columns.length > 1;

/** The names of targets, if there are several, and those of columns, with how their values are distributed. */
const Head = ({ groups }: { readonly groups: readonly ColumnGroup[] }) => (
  <thead>
    {groups.some(isTitled) && groups.length > 1 && (
      <tr class="targets">
        <td />
        {groups.map((group) =>
          isTitled(group) ? (
            <th key={group.name} scope="colgroup" colSpan={group.columns.length}>
              {group.name}
            </th>
          ) : (
            <td key={group.name} />
          ),
        )}
      </tr>
    )}
    <tr>
      <th scope="col">Sample</th>
      {groups
        .flatMap(({ columns }) => columns)
        .map((column, i) => (
          <th key={i} scope="col" class={isNumeric(column) ? 'number' : ''}>
            <ColumnPicture column={column} />
            {column.title}
          </th>
        ))}
    </tr>
  </thead>
);
