import type { Element, NumbersLook } from '../formats/look.ts';

/** The fewest held-out examples to judge by, and the fewest draws that a line is about. */
const [ENOUGH, SOME] = [60, 8];
/** What counts as many zeros in data, and the share of them that draws must have. */
const [ZEROS, OF_THEM] = [0.1, 0.5];
/** The share of draws below 0, where data never are, and beyond the data's range, that is worth a line. */
const [BELOW, BEYOND] = [0.02, 0.05];
/** How far beyond the range of a few hundred held-out values draws may lie, as a share of it. */
const MARGIN = 0.25;

/**
 * Returns a line for each number of y whose draws are unlike the data in a way that another likelihood would mend: it is often 0, or never
 * below 0, or in a range, and draws are not.
 */
export const calibrationNotices = ({ elements, classes, means }: NumbersLook): readonly string[] =>
  classes || means
    ? []
    : elements.filter((element) => element.classes === undefined).flatMap((element) => noticeOf(element) ?? []);

const noticeOf = ({ name, truth, drawn }: Element): string | undefined => {
  const count = Math.min(truth.length, drawn.length);
  if (count < ENOUGH) return undefined;
  const share = (values: readonly number[], is: (value: number) => boolean): number => values.filter(is).length / count;
  const tell = (text: string, remedy: string): string =>
    `the likelihood of ${name} does not fit: ${text}; usual remedies: ${remedy}, docs/likelihoods.md`;
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
  return undefined;
};

const percent = (share: number): string => `${Number((100 * share).toPrecision(2))}`;
