import type { Playground } from '../session/playground.ts';
import type { Drawn } from './drawing.ts';
import { columnTexts, rowNames, valueText } from './rows.ts';

/** Samples in numbers, to choose from. */
export const SampleTable = ({
  playground: { manifest, chosen },
  drawn,
}: {
  readonly playground: Playground;
  readonly drawn: Drawn;
}) => {
  const { samples, settings } = drawn;
  const rows = samples.shape[0] ?? 0;
  const size = samples.data.length / rows;
  const shown = Math.min(size, MOST);
  const names = rowNames(manifest, drawn);
  const columns = columnTexts(manifest.target, size);
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Samples in numbers">
      <table class="samples">
        <thead>
          <tr>
            <th scope="col">Sample</th>
            {Array.from({ length: shown }, (_, i) => (
              <th key={i} scope="col">
                {columns[i] ?? `y ${i + 1}`}
              </th>
            ))}
          </tr>
        </thead>
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
                    aria-label={`Sample ${(row % settings.count) + 1}${name && ` of ${name}`}`}
                    onClick={() => (chosen.value = row === chosen.value ? undefined : row)}
                  >
                    {name} {(row % settings.count) + 1}
                  </button>
                </th>
                {Array.from({ length: shown }, (_, i) => (
                  <td key={i}>{valueText(manifest.target, size, samples.data[row * size + i] ?? 0)}</td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
};

const MOST = 12;
