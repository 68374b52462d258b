import type { Element, NumbersSnapshot } from '../formats/snapshot.ts';
import { distance } from '../scores/measures.ts';

/** The fewest held-out examples to judge by, and the fewest draws that a line is about. */
const [ENOUGH, SOME] = [60, 8];
/** What counts as many zeros in data, and the share of them that draws must have. */
const [ZEROS, OF_THEM] = [0.1, 0.5];
/** The share of draws below 0, where data never are, and beyond the data's range, that is worth a line. */
const [BELOW, BEYOND] = [0.02, 0.05];
/** How far beyond the range of a few hundred held-out values draws may lie, as a share of it. */
const MARGIN = 0.25;

/**
 * Returns a line for each number of y whose draws are unlike the data in a way that another likelihood would fix: it is often 0, or never
 * below 0, or in a range, and draws are not; or its quantiles are others, which
 * is no fault of the likelihood if the model is hardly trained.
 */
export const calibrationNotices = (
  { elements, classes, means }: NumbersSnapshot,
  isTrained = true,
): readonly string[] =>
  classes || means
    ? []
    : elements
        .filter((element) => element.classes === undefined)
        .flatMap((element) => noticeOf(element, isTrained) ?? []);

const noticeOf = ({ name, truth, drawn, anyForm }: Element, isTrained: boolean): string | undefined => {
  const count = Math.min(truth.length, drawn.length);
  if (count < ENOUGH) return undefined;
  const share = (values: readonly number[], is: (value: number) => boolean): number => values.filter(is).length / count;
  const tell = (text: string, remedy: string): string =>
    `the likelihood of ${name} does not fit: ${text}; usual remedies: ${remedy}, docs/likelihoods.md`;
  const pair = { truth: truth.slice(0, count), drawn: drawn.slice(0, count) };
  // No other likelihood would do better.
  if (anyForm)
    return isTrained
      ? quantilesApart(
          pair,
          (text) =>
            `draws of ${name} are unlike the data: ${text}; usual remedies: longer training, wider layers, docs/samples.md`,
        )
      : undefined;
  const [low, high] = [Math.min(...truth), Math.max(...truth)];
  const zeros = share(truth, (value) => value === 0);
  const drawnZeros = share(drawn, (value) => value === 0);
  const below = share(drawn, (value) => value < 0);
  const isPositive = low >= 0 && high > 0;
  const isNegative = isPositive && below > BELOW && below * count >= SOME;
  const negative = isNegative ? `, and draws are below 0 in ${percent(below)} % where data never are` : '';
  if (zeros > ZEROS && zeros < 1 && drawnZeros < OF_THEM * zeros && zeros * count >= SOME) {
    const such = isPositive ? 'zeroInflated(logNormal(1)) or hurdle(…)' : 'hurdle(…)';
    return tell(`it is 0 in ${percent(zeros)} % of the data and in ${percent(drawnZeros)} % of draws${negative}`, such);
  }
  if (isNegative) return tell(`${percent(below)} % of draws are below 0, where data never are`, 'logNormal or gamma');
  const beyond = share(drawn, (value) => value < low - MARGIN * (high - low) || value > high + MARGIN * (high - low));
  if (high > low && beyond > BEYOND && beyond * count >= SOME)
    return tell(
      `${percent(beyond)} % of draws are far beyond the data's range`,
      "normal with sigma: 'learned', studentT for a few extreme values, beta for a share",
    );
  return isTrained ? quantilesApart(pair, tell) : undefined;
};

/** The distance of distribution functions that is worth a line, and the one that chance exceeds in 1 of 10,000 pairs of samples. */
const [APART, CHANCE] = [0.13, 2.23];

/** Says which quantiles of draws are not those of data whose conditions are the same, and the likelihood that such data call for. */
const quantilesApart = (
  { truth, drawn }: Pick<Element, 'truth' | 'drawn'>,
  tell: (text: string, remedy: string) => string,
): string | undefined => {
  const [data, draws] = [truth, drawn].map((values) => Float64Array.from(values).sort());
  if (!data || !draws) return undefined;
  if (distance(data, draws) < Math.max(APART, CHANCE * Math.sqrt(2 / data.length))) return undefined;
  const at = (values: Float64Array, share: number): number => values[Math.round(share * (values.length - 1))] ?? 0;
  const text = (values: Float64Array): string =>
    [0.1, 0.5, 0.9].map((share) => `${Number(at(values, share).toPrecision(3))}`).join(', ');
  const [low, middle, high] = [at(data, 0.05), at(data, 0.5), at(data, 0.95)];
  const isSkewed = at(data, 0) > 0 && high - middle > 2 * (middle - low);
  const isRepeated = new Set(truth).size < truth.length / 5;
  const remedy = isRepeated
    ? 'hurdle(normalScores(1)) for values that many rows share'
    : isSkewed
      ? 'logNormal or gamma for positive numbers with few large ones, normalScores(1) for a distribution of any form'
      : "normalScores(1) for a distribution of any form, normal with sigma: 'learned'";
  return tell(
    `a tenth, a half and nine tenths of draws are below ${text(draws)}, and of the data below ${text(data)}`,
    `${remedy}, longer training`,
  );
};

const percent = (share: number): string => `${Number((100 * share).toPrecision(2))}`;
