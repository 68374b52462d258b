/** Text as it may stand in an element or between quotes. */
export const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c] ?? c);

/** Bytes of a PNG file as an address that holds them. */
export const dataUrl = (png: Uint8Array): string => `data:image/png;base64,${Buffer.from(png).toString('base64')}`;

/** Rows of names and what they stand for; those without are left out. */
export const facts = (rows: readonly (readonly [name: string, value: string | number | null | undefined])[]): string =>
  `<dl>${rows
    .filter(([, value]) => value !== undefined && value !== null && value !== '')
    .map(([name, value]) => `<div><dt>${escaped(name)}</dt><dd>${escaped(`${value}`)}</dd></div>`)
    .join('')}</dl>`;
