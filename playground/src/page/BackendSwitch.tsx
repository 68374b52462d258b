import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Playground } from '../session/playground.ts';
import { whyNoGpu } from './gpu.ts';
import { percentOf } from './Waiting.tsx';

/** What runs the model: WASM, or WebGPU if the browser has it; why not, if it has not. */
export const BackendSwitch = ({ playground: { wish, opening, engines } }: { readonly playground: Playground }) => {
  const lacking = useSignal<string | undefined>(undefined);
  useEffect(() => void whyNoGpu(engines).then((why) => (lacking.value = why)), []);
  const running = opening.opened.value?.model.backend.name;
  const loading = opening.loading.value;
  const { backend, threads } = wish.value;
  const choose = (next: 'wasm' | 'webgpu') => () => void (wish.value = { ...wish.value, backend: next });
  return (
    <div class="backend">
      <fieldset class="choices" aria-describedby="backend-why">
        <legend class="spoken">Backend</legend>
        <label class="choice">
          <input type="radio" name="backend" checked={backend === 'wasm'} onChange={choose('wasm')} />
          <span>WASM</span>
        </label>
        <label class="choice">
          <input
            type="radio"
            name="backend"
            checked={backend === 'webgpu'}
            disabled={lacking.value !== undefined}
            onChange={choose('webgpu')}
          />
          <span>WebGPU</span>
        </label>
      </fieldset>
      {globalThis.crossOriginIsolated && engines.onnx && backend === 'wasm' && (
        <label class="check">
          Threads
          <select
            value={threads}
            onChange={({ currentTarget }) => {
              wish.value = { ...wish.value, threads: Number(currentTarget.value) };
            }}
          >
            {[1, 2, 4, 8]
              .filter((count) => count === 1 || count <= navigator.hardwareConcurrency)
              .map((count) => (
                <option key={count} value={count}>
                  {count}
                </option>
              ))}
          </select>
        </label>
      )}
      <p class="hint" id="backend-why">
        {loading
          ? `loading: ${percentOf(loading)}`
          : (lacking.value ?? (running && `running on ${running === 'wasm' ? 'WASM' : 'WebGPU'}`))}
      </p>
    </div>
  );
};
