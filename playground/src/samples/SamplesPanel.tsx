import { ClassGreys } from '../view/ClassGreys.tsx';
import { viewOf } from '../view/pixels.ts';
import { Waiting } from '../page/Waiting.tsx';
import type { Playground } from '../session/playground.ts';
import { Command } from './Command.tsx';
import { Chosen } from './Chosen.tsx';
import { ImageGuesses } from './ImageGuesses.tsx';
import { ImageGrid } from './ImageGrid.tsx';
import { sequencesOf } from '../view/sequences.ts';
import { SequenceView } from './SequenceView.tsx';
import { Sheet } from '../view/Sheet.tsx';
import { SampleSettings } from './SampleSettings.tsx';
import { SampleTable } from './SampleTable.tsx';
import { TablePanel } from '../table/TablePanel.tsx';
import { conditionsText } from './conditions-text.ts';
import { ValueStrips } from './ValueStrips.tsx';

/** What the model gives for the conditions: samples, and next to them what it returns without noise. */
export const SamplesPanel = ({ playground }: { readonly playground: Playground }) => {
  const { manifest, drawing, opening } = playground;
  const view = viewOf(manifest.target);
  const drawn = drawing.drawn.value;
  const guesses = drawing.guesses.value;
  const shown = drawn ?? guesses;
  const sequences = sequencesOf(manifest);
  return (
    <>
      {manifest.kind === 'cvae' && (
        <Sheet title="Sampling" side="right">
          <SampleSettings playground={playground} />
        </Sheet>
      )}
      {!shown && !opening.problem.value && <Waiting loading={opening.loading.value} />}
      {shown && view && (
        <div class="stage" aria-busy={opening.opened.value === undefined}>
          {drawn && (
            <div class="stage-samples">
              <ImageGrid playground={playground} drawn={drawn} />
              <ClassGreys target={manifest.target} />
              <Chosen playground={playground} />
            </div>
          )}
          {guesses && <ImageGuesses playground={playground} guesses={guesses} drawn={drawn} view={view} />}
        </div>
      )}
      {shown && !view && guesses && (
        <>
          {sequences ? (
            <SequenceView playground={playground} targets={sequences} guesses={guesses} drawn={drawn} />
          ) : playground.table ? (
            <TablePanel playground={playground} table={playground.table} />
          ) : (
            <ValueStrips playground={playground} guesses={guesses} drawn={drawn} />
          )}
          <Chosen playground={playground} />
          {drawn && !sequences && <SampleTable playground={playground} drawn={drawn} />}
        </>
      )}
      <p class="spoken" aria-live="polite" data-testid="announced">
        {shown && sentence(playground, shown)}
      </p>
      <Command playground={playground} />
    </>
  );
};

const sentence = (
  { manifest, drawing }: Playground,
  {
    values,
    settings,
  }: { values: Parameters<typeof conditionsText>[1]; settings: { seed: number; temperature: number } },
): string => {
  const of = conditionsText(manifest, values);
  const rows = drawing.drawn.value?.samples.z.shape[0];
  if (rows === undefined) return `The prediction for ${of}`;
  return `${rows} samples for ${of}, seed ${settings.seed}, temperature ${settings.temperature}`;
};
