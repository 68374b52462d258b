import type { Loading } from '../session/opening.ts';

/** Where the pictures will be, while the model is being opened: how far it has come. */
export const Waiting = ({ loading }: { readonly loading: Loading | undefined }) => (
  <div class="stage">
    <div class="waiting">
      <p role="status">Loading the model</p>
      {loading && <progress value={loading.loaded} max={loading.total || 1} aria-label="Loading the model" />}
      {loading && <p class="hint">{percentOf(loading)}</p>}
    </div>
  </div>
);

/** How far loading has come. */
export const percentOf = ({ loaded, total }: Loading): string =>
  total === 0 ? '' : loaded >= total ? 'starting' : `${Math.round((100 * loaded) / total)} %`;
