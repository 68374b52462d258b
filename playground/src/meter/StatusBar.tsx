import type { Playground } from '../session/playground.ts';
import type { Meter } from './latency.ts';
import { megabytes, milliseconds } from './words.ts';

/** What runs the model, and how fast it is here: measured, on this machine. */
export const StatusBar = ({ playground }: { readonly playground: Playground }) => {
  const { opening, strokes, calls } = playground;
  const opened = opening.opened.value;
  return (
    <footer class="status" aria-label="Measured here">
      <Reading name="Latency" meter={strokes} />
      <Reading name={strokes.figures.value ? 'of which sampling' : 'Sampling'} meter={calls} />
      {opened && (
        <>
          <span>
            <b>{Math.round(opened.milliseconds)} ms</b> to load
          </span>
          {/* Of a model that was made in the page, nothing was sent. */}
          <span hidden={opened.bytes.model === 0}>
            <b>{megabytes(opened.bytes.model)}</b> model,{' '}
            {opened.alone ? (
              'no runtime'
            ) : (
              <>
                <b>{megabytes(opened.bytes.runtime)}</b> runtime
              </>
            )}
          </span>
        </>
      )}
    </footer>
  );
};

/** A meter's figures, from the first that it has. */
const Reading = ({ name, meter }: { readonly name: string; readonly meter: Meter }) => {
  const figures = meter.figures.value;
  if (!figures) return null;
  return (
    <span>
      {name} <b>{milliseconds(figures.median)}</b> median, <b>{milliseconds(figures.p95)}</b> p95
    </span>
  );
};
