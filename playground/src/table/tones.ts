/** A colour for a class that differs from those of the others; in the page's own colours up to eight. */
export const toneOf = (index: number, of: number): string =>
  of <= 8 ? `var(--tone-${(index % 8) + 1})` : `hsl(${Math.round((360 * index) / of)} 58% var(--tone-light))`;

/** A colour for a part from 0 to 1, light to dark of one hue, or dark to light on a dark page. */
export const rampOf = (part: number): string =>
  `color-mix(in oklab, var(--ramp-high) ${Math.round(100 * Math.max(0, Math.min(1, part)))}%, var(--ramp-low))`;
