import { useMemo } from 'preact/hooks';
import { Drawing } from '../draw/Drawing.tsx';
import type { FieldProps } from './field.ts';
import { isSeen, SEEN } from './quadrants.ts';

/** An image that is drawn, and what of it is seen. */
export const ImageField = ({ name, condition, value, onChange }: FieldProps<'image'>) => {
  const [height = 0, width = 0] = condition.shape;
  const { seen, pixels } = value;
  const counts = useMemo(
    () => (seen === 'all' ? undefined : (row: number, column: number) => isSeen(seen, row, column, height, width)),
    [seen, height, width],
  );
  return (
    <fieldset class="field">
      <legend>{name}</legend>
      <Drawing
        label={`${name}, ${width} by ${height} pixels`}
        shape={condition.shape}
        value={pixels}
        onChange={(next) => onChange({ kind: 'image', pixels: next, seen })}
        {...(counts && { counts })}
      />
      <div class="choices seen" role="radiogroup" aria-label={`Visible part of ${name}`}>
        <span class="hint">Visible</span>
        {SEEN.map(({ seen: each, label }) => (
          <label key={label} class="choice" title={label}>
            <input
              type="radio"
              name={`seen-${name}`}
              checked={each === seen}
              aria-label={label}
              onChange={() => onChange({ kind: 'image', pixels, seen: each })}
            />
            <span>
              <Quarters seen={each} />
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
};

/** A small square of which the seen quarters are filled. */
const Quarters = ({ seen }: { readonly seen: (typeof SEEN)[number]['seen'] }) => (
  <svg class="quarters" viewBox="0 0 2 2" aria-hidden="true">
    {[0, 1].flatMap((row) =>
      [0, 1].map((column) => (
        <rect
          key={`${row}${column}`}
          x={column}
          y={row}
          width="1"
          height="1"
          class={isSeen(seen, row, column, 2, 2) ? 'on' : 'off'}
        />
      )),
    )}
  </svg>
);
