/**
 * Returns a value as short text, all objects as `an object`, for pages that must load fast. `valueText` is more
 * detailed.
 */
export const brief = (value: unknown): string => {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'bigint') return `${value}n`;
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
};
