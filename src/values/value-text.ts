import { brief } from './brief.ts';

/** Returns any value as short text for a message: text in quotes, a bigint with its `n`, objects by their class. */
export const valueText = (value: unknown): string => {
  if (typeof value === 'object' && value !== null) return tellObject(value);
  if (typeof value === 'function' || typeof value === 'symbol') return `a ${typeof value}`;
  if (Object.is(value, -0)) return '-0';
  return brief(typeof value === 'string' && value.length > 40 ? `${value.slice(0, 40)}…` : value);
};

/** Like `valueText`, but `nothing` for undefined. */
export const received = (value: unknown): string => (value === undefined ? 'nothing' : valueText(value));

const tellObject = (value: object): string => {
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (ArrayBuffer.isView(value)) return 'length' in value ? `an array of ${String(value.length)}` : 'a DataView';
  // By the brand, which objects of other realms have too.
  const brand = Object.prototype.toString.call(value).slice(8, -1);
  if (brand === 'Object' || !/^[A-Z]\w*$/.test(brand)) return 'an object';
  return `${/^[AEIO]|^HTML|^SVG/.test(brand) ? 'an' : 'a'} ${brand}`;
};

/** Returns names as a message lists them, at most ten. */
export const list = (names: readonly string[]): string => {
  if (names.length === 0) return 'none';
  return names.length > 10 ? `${names.slice(0, 10).join(', ')}, …` : names.join(', ');
};
