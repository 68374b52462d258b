/** A table in Markdown. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);

/** Nats to two places, with a standard error where there is one. */
export const number = (value: number | null | undefined, error?: number): string =>
  value === null || value === undefined
    ? ''
    : `${value.toFixed(2)}${error === undefined ? '' : ` ± ${error.toFixed(2)}`}`;

/** Seconds as one would say them. */
export const time = (seconds: number): string =>
  seconds < 90
    ? `${seconds} s`
    : seconds < 5400
      ? `${Math.round(seconds / 60)} min`
      : `${(seconds / 3600).toFixed(1)} h`;
