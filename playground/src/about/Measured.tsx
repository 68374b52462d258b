import type { Playground } from '../session/playground.ts';
import { megabytes, milliseconds } from '../meter/words.ts';
import type { Meter } from '../meter/latency.ts';

/** What was measured in this visit, and how. */
export const Measured = ({ playground: { opening, engines, strokes, calls } }: { readonly playground: Playground }) => {
  const opened = opening.opened.value;
  const { name, threads } = opened?.model.backend ?? {};
  return (
    <section aria-labelledby="measured">
      <h2 id="measured">Measured here</h2>
      <dl class="facts">
        <dt>Runs on</dt>
        <dd>
          {opened
            ? `${opened.alone ? 'WebAssembly of its own' : `onnxruntime-web, ${name === 'webgpu' ? 'WebGPU' : 'WASM'}`}, ${threads} thread${threads === 1 ? '' : 's'}`
            : '…'}
        </dd>
        {engines.reason !== undefined && (
          <>
            <dt>Not on its own</dt>
            <dd>{engines.reason}</dd>
          </>
        )}
        <dt>Stroke to pictures</dt>
        <dd>{figures(strokes)}</dd>
        <dt>Samples alone</dt>
        <dd>{figures(calls)}</dd>
        {opened && (
          <>
            <dt>Opened in</dt>
            <dd>{milliseconds(opened.milliseconds)}</dd>
            <dt>Loaded</dt>
            <dd>
              {megabytes(opened.bytes.model)} of the model,{' '}
              {opened.alone
                ? 'and nothing else'
                : `${megabytes(opened.bytes.all - opened.bytes.model)} of onnxruntime-web`}
            </dd>
          </>
        )}
      </dl>
      <p class="hint">
        From the browser’s own time of an input until the frame with the new samples was painted; of the last 100.
        Samples alone: the call to the model, with its way to the worker and back.
      </p>
    </section>
  );
};

const figures = ({ figures }: Meter): string => {
  const found = figures.value;
  if (found === undefined) return 'nothing yet: change a condition';
  return `median ${milliseconds(found.median)}, p95 ${milliseconds(found.p95)}, fastest ${milliseconds(found.least)}, of ${Math.min(100, found.count)}`;
};
