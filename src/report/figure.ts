import type { NumbersSnapshot } from '../formats/snapshot.ts';
import { SIZE, type Chart } from './axes.ts';
import { frequencies, quantiles, scatter } from './charts.ts';
import { fittedText } from '../values/fitted-text.ts';
import { escaped } from './html.ts';
import { COLOURS } from './style.ts';

/** The most plots of a figure, and how many of them are in a row. */
const [MOST, ACROSS] = [6, 3];
/** How many letters of a title have room above its plot. */
const LETTERS = 46;
/** The height of a plot's title and of the line above all of them, and what is between plots. */
const [TITLE, TOP, GAP] = [22, 30, 20];

/**
 * Returns plots of what a model draws if y is not an image: two numbers against each other, then each element; quantiles also as they
 * were in an early snapshot.
 */
export const drawnCharts = ({ elements, classes }: NumbersSnapshot, early?: NumbersSnapshot): readonly Chart[] => {
  const all = elements.map((element, i) => ({ element, classes: element.classes ?? classes, i }));
  const [first, second] = all.filter((one) => !one.classes);
  return [
    ...(first && second ? [scatter(first.element, second.element)] : []),
    ...all.map(({ element, classes: names, i }) =>
      names ? frequencies(element, names) : quantiles(element, early?.elements[i]?.drawn),
    ),
  ];
};

/** Returns the first of these plots as one picture, an SVG file of its own, light or dark as what shows it. */
export const figure = (snapshot: NumbersSnapshot): string => {
  const shown = drawnCharts(snapshot).slice(0, MOST);
  const across = Math.min(shown.length === 4 ? 2 : ACROSS, shown.length);
  const [width, height] = [SIZE.width + GAP, TITLE + SIZE.height + GAP];
  const whole = { width: across * width + GAP, height: TOP + Math.ceil(shown.length / across) * height + GAP };
  const plots = shown.map(({ title, svg }, i) => {
    const [x, y] = [GAP + (i % across) * width, TOP + GAP + Math.floor(i / across) * height];
    return `<g transform="translate(${x} ${y})"><text class="title" y="10">${escaped(fittedText(title, LETTERS))}</text><g transform="translate(0 ${TITLE})">${svg}</g></g>`;
  });
  const drawn = snapshot.means
    ? 'means of p(y|x,z), with one draw of z each'
    : 'one draw for each, under the same conditions';
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${whole.width}" height="${whole.height}" viewBox="0 0 ${whole.width} ${whole.height}" role="img" aria-label="What the model draws, compared with held-out data">
<style>${COLOURS}
text { fill: var(--soft); font: 11px system-ui, sans-serif; white-space: pre; } .title { fill: var(--ink); font-size: 13px; font-weight: 600; } svg { overflow: visible; }</style>
<rect width="100%" height="100%" fill="var(--paper)"/>
<g transform="translate(${GAP} ${TOP - 8})"><rect y="-9" width="10" height="10" rx="2" fill="var(--training)"/><text x="16">held-out data</text><rect x="112" y="-9" width="10" height="10" rx="2" fill="var(--validation)"/><text x="128">${drawn}</text></g>
${plots.join('\n')}
</svg>
`;
};
