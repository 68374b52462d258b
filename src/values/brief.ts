/** A value in a few letters, objects by no more than that they are some: what a page has room for at once. `tell` says more. */
export const brief = (value: unknown): string => {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'bigint') return `${value}n`;
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
};
