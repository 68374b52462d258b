import { type ReadonlySignal } from '@preact/signals';
import type { Made } from '../../../src/making/make.ts';
import { ImageGrid } from '../samples/ImageGrid.tsx';
import { SequenceView } from '../samples/SequenceView.tsx';
import type { Playground } from '../session/playground.ts';
import { problemOf, type Problem } from '../session/problem.ts';
import { shown } from '../session/shown.ts';
import { TablePanel } from '../table/TablePanel.tsx';
import { ProblemCard } from '../view/ProblemCard.tsx';
import { sequencesOf } from '../view/sequences.ts';
import { save } from '../view/save.ts';
import { useState } from 'preact/hooks';
import { exampleOf, type ExampleName, type Making } from './making.ts';
import { packaged } from './packaged.ts';
import { decimals } from '../meter/words.ts';

/** What has become of the data: the plots or pictures of the model as it is now, and the model itself. */
export const Outcome = ({
  making,
  held,
  playground,
}: {
  readonly making: Making;
  /** The page's state for it. */
  readonly held: ReadonlySignal<Playground | undefined>;
  /** That of the model which the page is about. */
  readonly playground: Playground;
}) => {
  const [problem, setProblem] = useState<Problem | undefined>(undefined);
  const made = making.made.value;
  const own = held.value;
  if (!own) return null;
  const isShown = playground === own;
  const of = exampleOf(making);
  const failed = problem ?? own.opening.problem.value ?? own.problem.value;
  const download = async (): Promise<void> => {
    setProblem(undefined);
    try {
      if (made) save(await zipOf(made), `${made.manifest.name}.zip`);
    } catch (error) {
      setProblem(problemOf(error, 'The package could not be written'));
    }
  };
  return (
    <>
      {made && (
        <>
          <p role="status">{endOf(made, of)}</p>
          <div class="row">
            {!isShown && (
              <button
                type="button"
                class="button primary"
                onClick={() => {
                  own.tab.value = 'samples';
                  shown.value = own;
                }}
              >
                Open it in this page
              </button>
            )}
            <button type="button" class="button" onClick={() => void download()}>
              Download package
            </button>
          </div>
          <p class="hint">
            The package has the ONNX files, a module with types, a model card, and <code>model.ts</code> with its
            weights, for the command line. Reloading the page forgets the model.
          </p>
        </>
      )}
      {failed && <ProblemCard problem={failed} />}
      {!isShown && (
        <section class="watched" aria-label="What it draws">
          <h2>{made ? 'What it draws' : 'What it draws now'}</h2>
          <Watched playground={own} />
        </section>
      )}
    </>
  );
};

/** What the model draws now. */
const Watched = ({ playground }: { readonly playground: Playground }) => {
  const { manifest, table, drawing } = playground;
  const [drawn, guesses] = [drawing.drawn.value, drawing.guesses.value];
  const sequences = sequencesOf(manifest);
  if (sequences)
    return guesses ? (
      <SequenceView playground={playground} targets={sequences} guesses={guesses} drawn={drawn} />
    ) : null;
  if (table) return <TablePanel playground={playground} table={table} />;
  return drawn ? <ImageGrid playground={playground} drawn={drawn} /> : null;
};

/** Why it ended, and what is kept, in a sentence. */
const endOf = ({ ended: { by, kept, epochs }, validation }: Made, of: ExampleName): string => {
  const why = {
    plateau: 'Validation got no better',
    signal: 'Stopped',
    minutes: 'The time is over',
    steps: 'Enough steps were taken',
    epochs: 'All epochs were taken',
  }[by];
  const loss = validation && `: ${decimals(validation.negativeElbo, 2)} nats per ${of} on validation ${of}s`;
  return `${why} after ${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}. The weights of epoch ${kept} are kept${loss ?? ''}.`;
};

/** The package as a ZIP file, with the runtime and what the command line continues from. */
const zipOf = async ({ files, sources }: Made): Promise<Blob> => {
  const { strToU8, zipSync } = await import('fflate');
  const runtime = Object.entries(packaged).map(([name, text]) => [`runtime/${name}`, strToU8(text)] as const);
  const zipped = zipSync(Object.fromEntries([...files, ...sources, ...runtime]));
  return new Blob([new Uint8Array(zipped)], { type: 'application/zip' });
};
