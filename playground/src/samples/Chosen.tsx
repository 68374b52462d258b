import type { Playground } from '../session/playground.ts';
import type { Pins } from '../latent/latent.ts';
import { blobOf, viewOf } from '../view/pixels.ts';
import { save } from '../view/save.ts';

/** What can be done with the sample that is chosen. */
export const Chosen = ({ playground }: { readonly playground: Playground }) => {
  const { manifest, chosen, drawing, latent, tab } = playground;
  const drawn = drawing.drawn.value;
  const row = chosen.value;
  const isImage = viewOf(manifest.target) !== undefined;
  if (row === undefined || drawn === undefined || row >= (drawn.samples.z.shape[0] ?? 0))
    return <p class="chosen hint">Click a sample to {isImage ? 'explore, pin or save it.' : 'explore or pin it.'}</p>;
  const { samples, settings } = drawn;
  const { seed, temperature, count } = settings;
  const index = row % count;
  const pin = (end: keyof Pins) => () => {
    const { a, b } = latent.pins.value;
    const made = { seed, temperature, index };
    latent.pins.value = { ...(a && { a }), ...(b && { b }), [end]: made };
  };
  const explore = (): void => {
    const size = samples.z.shape[1] ?? 0;
    latent.go(samples.z.data.slice(row * size, (row + 1) * size));
    tab.value = 'latent';
  };
  const { a, b } = latent.pins.value;
  return (
    <div class="chosen row" role="group" aria-label={`Sample ${index + 1}`}>
      <b>Sample {index + 1}</b>
      <button type="button" class="button" onClick={explore}>
        Explore
      </button>
      <button type="button" class="button" onClick={pin('a')}>
        Pin as A
      </button>
      <button type="button" class="button" onClick={pin('b')}>
        Pin as B
      </button>
      {isImage && (
        <button
          type="button"
          class="button"
          onClick={() =>
            void blobOf(samples.image(row)).then((blob) => blob && save(blob, `sample-${seed}-${index}.png`))
          }
        >
          Save PNG
        </button>
      )}
      {a && b && (
        <button type="button" class="link" onClick={() => (tab.value = 'latent')}>
          Interpolate from A to B
        </button>
      )}
    </div>
  );
};
