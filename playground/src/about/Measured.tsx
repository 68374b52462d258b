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
        <dt>Backend</dt>
        <dd>
          {opened
            ? `${opened.alone ? 'a WebAssembly module of the model' : `onnxruntime-web, ${name === 'webgpu' ? 'WebGPU' : 'WASM'}`}, ${threads} thread${threads === 1 ? '' : 's'}`
            : '…'}
        </dd>
        {engines.reason !== undefined && (
          <>
            <dt>Why onnxruntime</dt>
            <dd>{engines.reason}</dd>
          </>
        )}
        <dt>Latency, input to screen</dt>
        <dd>{figures(strokes)}</dd>
        <dt>Sampling only</dt>
        <dd>{figures(calls)}</dd>
        {opened && (
          <>
            <dt>Load time</dt>
            <dd>{milliseconds(opened.milliseconds)}</dd>
            <dt>Download</dt>
            <dd>
              {opened.bytes.model > 0
                ? `${megabytes(opened.bytes.model)} of the model, `
                : 'none: the model is in this page'}
              {opened.bytes.model === 0
                ? ''
                : opened.alone
                  ? 'and nothing else'
                  : `${megabytes(opened.bytes.runtime)} of onnxruntime-web, as they were sent`}
            </dd>
          </>
        )}
      </dl>
      <p class="hint">
        Latency: from the browser’s timestamp of an input to the frame that shows the new samples, over the last 100
        inputs. Sampling only: the call to the model, including the round trip to its worker.
      </p>
    </section>
  );
};

const figures = ({ figures }: Meter): string => {
  const found = figures.value;
  if (found === undefined) return 'nothing measured yet; change a condition';
  return `median ${milliseconds(found.median)}, p95 ${milliseconds(found.p95)}, min ${milliseconds(found.least)} (n = ${Math.min(100, found.count)})`;
};
