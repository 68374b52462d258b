import type { Playground } from '../session/playground.ts';
import { Canvas } from '../view/Picture.tsx';
import type { Drawn } from './drawing.ts';

/** Samples as pictures, side by side. */
export const ImageGrid = ({ drawn }: { readonly playground: Playground; readonly drawn: Drawn }) => {
  const { samples, settings } = drawn;
  const rows = samples.shape[0] ?? 0;
  const columns = rows > settings.count ? settings.count : Math.ceil(Math.sqrt(rows));
  return (
    <div class="grid" style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}>
      {Array.from({ length: rows }, (_, row) => (
        <Canvas key={row} picture={samples.image(row)} label={`Sample ${row + 1}`} />
      ))}
    </div>
  );
};
