import type { Draws } from '../distribution-data.ts';

/** A mass if the noise falls into its probability, otherwise a draw of the density from what is left of the noise. */
export const drawer: Draws['drawer'] = async (
  _,
  { rest = new Float32Array(), shares = new Float32Array(), masses = new Float32Array(), ...decoded },
  component,
) => {
  const draw = await component({ ...decoded, y: rest });
  const count = masses.length / rest.length;
  return (at, j, noise) => {
    const first = shares[at * (count + 1)] ?? 1;
    if (noise < first) return draw(at, j, noise / first);
    let [sum, found] = [first, -1];
    for (let k = 0; k < count; k++) {
      const share = shares[at * (count + 1) + k + 1] ?? 0;
      sum += share;
      if (share > 0) found = k;
      if (noise < sum) break;
    }
    // Shares add up to a little less than 1: the last of them takes what is left.
    return found === -1 ? draw(at, j, 1 - 2 ** -24) : (masses[at * count + found] ?? 0);
  };
};
