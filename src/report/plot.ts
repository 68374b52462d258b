import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';

// This module is published as one file that includes both libraries (scripts/build.mjs): users who only train need not install
// them.

export { Plot };

/** Returns a plot as the text of an SVG element: drawn here, so that a page needs no script to show it. */
export const svg = (label: string, options: Plot.PlotOptions): string => {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const figure = Plot.plot({ ...options, document, className: 'chart', ariaLabel: label });
  // Plot's own style rules are part of the page: one copy, not one for each chart.
  for (const style of figure.querySelectorAll('style')) style.remove();
  figure.setAttribute('role', 'img');
  // The names of clip paths are numbered across the process: two pages about the same run would otherwise differ.
  const clips: string[] = [];
  // The types of linkedom do not declare that this is a string.
  const html: string = figure.outerHTML;
  const named = html.replaceAll(/plot-clip-\d+/g, (clip) => {
    if (!clips.includes(clip)) clips.push(clip);
    return `${label.replaceAll(/\W+/g, '-')}-${clips.indexOf(clip)}`;
  });
  return named.replaceAll(/(\d+\.\d{2})\d+/g, '$1');
};
