/** `1,234,567` */
export const counted = (count: number): string => count.toLocaleString('en-US');

/** `4.7 kB`: sizes as people read them, in powers of 1000. */
export const sized = (bytes: number): string => {
  if (bytes < 1e3) return `${bytes} B`;
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(1)} kB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
};
