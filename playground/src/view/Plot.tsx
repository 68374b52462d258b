import { isClasses, type TargetSignature } from '../../../src/signature.ts';
import { classesOf, readable } from '../condition/values.ts';
import { areSpelt, pointsOf, runsOf, seriesOf } from './plots.ts';

/** A sequence as a picture: a line for each of its series over its steps; classes by their names where these are short. */
export const Plot = ({
  target,
  name,
  values = [],
  series = seriesOf(target, values),
  label,
}: {
  readonly target: TargetSignature;
  readonly name: string;
  /** All its numbers; or its lines, if they are known. */
  readonly values?: ArrayLike<number>;
  readonly series?: readonly (readonly number[])[];
  /** What is shown, for those who do not see it; empty where the text around says it. */
  readonly label: string;
}) => {
  if (isClasses(target)) {
    const classes = classesOf(target);
    const [all = []] = series;
    // What is behind its end is nothing.
    const end = target.end === undefined ? -1 : all.indexOf(target.end);
    const texts = (end < 0 ? all : all.slice(0, end)).map(
      (index) => classes[index] ?? (Number.isNaN(index) ? '–' : `${index}`),
    );
    return <p class="numbers">{(areSpelt(classes) ? texts.join('') : runsOf(texts).join(' ')) || '(empty)'}</p>;
  }
  return (
    <span class="lines" {...(label === '' ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label })}>
      {series.map((one, i) => {
        const { mean, deviation } = target.scaling ?? {};
        // One scale for all that are shown, as far as the data show it.
        const [middle, spread] = [mean?.[i], 2.5 * (deviation?.[i] ?? 0)];
        const own = one.filter((value) => !Number.isNaN(value));
        const least = Math.min(...own, ...(middle === undefined ? [] : [middle - spread]));
        const most = Math.max(...own, ...(middle === undefined ? [] : [middle + spread]), least + 1e-9);
        const points = pointsOf(one.map((value) => (30 * (most - value)) / (most - least)));
        return (
          <svg key={i} viewBox={`0 0 ${Math.max(1, one.length - 1)} 30`} preserveAspectRatio="none">
            <title>{`${name}${series.length > 1 ? ` ${i + 1}` : ''}, from ${readable(least)} to ${readable(most)}`}</title>
            <polyline class={one.length === 1 ? 'point' : ''} points={points} />
          </svg>
        );
      })}
    </span>
  );
};
