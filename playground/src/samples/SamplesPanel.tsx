import { viewOf } from '../view/pixels.ts';
import type { Playground } from '../session/playground.ts';
import { Command } from './Command.tsx';
import { ImageGuesses } from './ImageGuesses.tsx';
import { ImageGrid } from './ImageGrid.tsx';
import { SampleSettings } from './SampleSettings.tsx';
import { told } from './told.ts';

/** What the model gives for the conditions: samples, and beside them what it says without noise. */
export const SamplesPanel = ({ playground }: { readonly playground: Playground }) => {
  const { manifest, drawing, opening } = playground;
  const view = viewOf(manifest.target);
  const drawn = drawing.drawn.value;
  const guesses = drawing.guesses.value;
  return (
    <>
      {manifest.kind === 'cvae' && <SampleSettings playground={playground} />}
      {view && (
        <div class="stage" aria-busy={opening.opened.value === undefined}>
          {drawn && <ImageGrid playground={playground} drawn={drawn} />}
          {guesses && <ImageGuesses playground={playground} guesses={guesses} drawn={drawn} view={view} />}
        </div>
      )}
      <p class="spoken" aria-live="polite">
        {drawn &&
          `${drawn.samples.shape[0]} samples for ${told(manifest, drawn.values)}, seed ${drawn.settings.seed}, temperature ${drawn.settings.temperature}`}
      </p>
      <Command playground={playground} />
    </>
  );
};
