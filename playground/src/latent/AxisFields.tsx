import type { Latent } from './latent.ts';

/** Which two dimensions of z the map shows; those that change y most come first. */
export const AxisFields = ({ latent: { axes, ranking, choose } }: { readonly latent: Latent }) => {
  const [first, second] = axes.value;
  if (ranking.value.length < 2) return null;
  const options = ranking.value.map((axis) => (
    <option key={axis} value={axis}>
      z{axis + 1}
    </option>
  ));
  return (
    <div class="row">
      <label class="row">
        x axis
        <select value={first} onChange={({ currentTarget }) => choose([Number(currentTarget.value), second])}>
          {options}
        </select>
      </label>
      <label class="row">
        y axis
        <select value={second} onChange={({ currentTarget }) => choose([first, Number(currentTarget.value)])}>
          {options}
        </select>
      </label>
      <span class="hint">sorted by effect on y</span>
    </div>
  );
};
