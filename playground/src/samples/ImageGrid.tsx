import { useRef } from 'preact/hooks';
import type { Playground } from '../session/playground.ts';
import { withSeen } from '../view/kept.ts';
import { Canvas } from '../view/Picture.tsx';
import type { Drawn } from './drawing.ts';
import { rowNames } from './rows.ts';

/** Samples as pictures, side by side, to choose from; a row for each class where each is asked for in turn. */
export const ImageGrid = ({ playground, drawn }: { readonly playground: Playground; readonly drawn: Drawn }) => {
  const { manifest, chosen, latent, kept } = playground;
  const { samples, settings } = drawn;
  const rows = samples.shape[0] ?? 0;
  const names = rowNames(manifest, drawn);
  const columns = names.length > 1 ? settings.count : Math.ceil(Math.sqrt(rows));
  const box = useRef<HTMLDivElement>(null);
  const current = Math.min(chosen.value ?? 0, rows - 1);
  const key = (event: KeyboardEvent): void => {
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
    const focused = [...(box.current?.querySelectorAll('button') ?? [])];
    const to = step === undefined ? undefined : focused.indexOf(event.target as HTMLButtonElement) + step; // its own buttons
    if (to === undefined || to < 0 || to >= rows) return;
    event.preventDefault();
    focused[to]?.focus();
  };
  const { a, b } = latent.pins.value;
  const pinOf = (row: number): string => {
    const is = (pin: typeof a): boolean =>
      pin?.seed === settings.seed && pin.temperature === settings.temperature && pin.index === row % settings.count;
    return is(a) ? 'A' : is(b) ? 'B' : '';
  };
  return (
    <div
      ref={box}
      class={names.length > 1 ? 'grid named' : 'grid'}
      role="group"
      aria-label="Samples"
      data-dense={columns > 8 || names.length > 6}
      style={{ gridTemplateColumns: `${names.length > 1 ? 'auto ' : ''}repeat(${columns}, minmax(0, 1fr))` }}
      onKeyDown={key}
    >
      {Array.from({ length: rows }, (_, row) => {
        const pin = pinOf(row);
        const name = names[Math.floor(row / settings.count)] ?? '';
        const label = `Sample ${(row % settings.count) + 1}${name && ` of ${name}`}${pin && `, pinned as ${pin}`}`;
        return (
          <>
            {names.length > 1 && row % settings.count === 0 && <span key={name}>{name}</span>}
            <button
              key={row}
              type="button"
              aria-pressed={row === chosen.value}
              aria-label={label}
              tabIndex={row === current ? 0 : -1}
              onClick={() => (chosen.value = row === chosen.value ? undefined : row)}
            >
              <Canvas picture={withSeen(samples.image(row), drawn.values, kept.value)} label="" />
              {pin && <b class={`pin ${pin}`}>{pin}</b>}
            </button>
          </>
        );
      })}
    </div>
  );
};
