/** Formats a count: `1,234,567`. */
export const counted = (count: number): string => count.toLocaleString('en-US');

/** Formats how many examples a file has: `1 example`, `1,234 examples`. */
export const countedExamples = (count: number): string => `${counted(count)} ${count === 1 ? 'example' : 'examples'}`;

/** Formats a size in powers of 1000: `4.7 kB`. */
export const sized = (bytes: number): string => {
  if (bytes < 1e3) return `${bytes} B`;
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(1)} kB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
};
