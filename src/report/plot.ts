import * as Plot from '@observablehq/plot';
import { DOMParser } from 'linkedom';
import { escaped } from './html.ts';

// This module is published as one file that includes both libraries (scripts/build.mjs): users who only train need not install
// them.

export { Plot };

/** What is shown while the pointer, or a finger, is at a value of x. */
export interface Tip {
  readonly x: number;
  readonly lines: readonly string[];
}

/** Returns a plot as the text of an SVG element: drawn here, so that a page needs no script to show it. */
export const svg = (label: string, options: Plot.PlotOptions, tips: readonly Tip[] = []): string => {
  // Of XML, not of HTML: as a file of its own, a plot has to have its attributes escaped.
  const document = new DOMParser().parseFromString('<svg xmlns="http://www.w3.org/2000/svg"></svg>', 'image/svg+xml');
  const figure = Plot.plot({ ...options, document, className: 'chart', ariaLabel: label });
  // Plot's own style rules are part of the page: one copy, not one for each chart.
  for (const style of figure.querySelectorAll('style')) style.remove();
  figure.setAttribute('role', 'img');
  // The names of clip paths are numbered across the process: two pages about the same run would otherwise differ.
  const clips: string[] = [];
  // The types of linkedom do not declare that this is a string.
  const html: string = figure.outerHTML;
  // A group has no role, so it may have no label either: what kind of mark it holds is its class.
  const labelled = html.replaceAll(UNSEEN, '').replaceAll(/<g([^>]*) aria-label="([\w-]+)"/g, '<g$1 class="$2"');
  const named = labelled.replaceAll(/plot-clip-\d+/g, (clip) => {
    if (!clips.includes(clip)) clips.push(clip);
    return `${label.replaceAll(/\W+/g, '-')}-${clips.indexOf(clip)}`;
  });
  const whole =
    tips.length > 0
      ? named.replace(/<\/svg>$/, `${bands((x) => Number(figure.scale('x')?.apply(x)), options, tips)}</svg>`)
      : named;
  // Coordinates are cut, and not what an axis says: 0.005 is no 0.00.
  return whole.replaceAll(/<[^>]*>/g, (tag) => tag.replaceAll(/(\d+\.\d{2})\d+/g, '$1'));
};

/** Characters that no XML may have. */
const UNSEEN = /(?![\t\n\r])\p{Cc}/gu;

/** Returns a band for each value of x with a line and a text that the page shows on hover: no script is needed. */
const bands = (
  place: (x: number) => number,
  { width = 0, height = 0, marginTop = 0, marginBottom = 0, marginLeft = 0, marginRight = 0 }: Plot.PlotOptions,
  tips: readonly Tip[],
): string => {
  const places = tips.map(({ x }) => place(x));
  const [left, right, bottom] = [marginLeft, width - marginRight, height - marginBottom];
  return tips
    .map(({ lines }, i) => {
      const at = places[i] ?? 0;
      const from = i === 0 ? left : (at + (places[i - 1] ?? 0)) / 2;
      const to = i === tips.length - 1 ? right : (at + (places[i + 1] ?? 0)) / 2;
      // Text on the side that has room.
      const [shift, anchor] = at > (left + right) / 2 ? [-6, 'end'] : [6, 'start'];
      const texts = lines.map(
        (line, row) =>
          `<text x="${at + shift}" y="${marginTop + 12 + 14 * row}" text-anchor="${anchor}">${escaped(line)}</text>`,
      );
      return `<g class="at"><rect x="${from}" y="${marginTop}" width="${Math.max(0, to - from)}" height="${bottom - marginTop}"></rect><g class="tip"><line x1="${at}" x2="${at}" y1="${marginTop}" y2="${bottom}"></line>${texts.join('')}</g></g>`;
    })
    .join('');
};
