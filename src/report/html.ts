/** Escapes text for an element or a quoted attribute. */
export const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c] ?? c);

/** Returns the bytes of a PNG file as a data URL. */
export const dataUrl = (png: Uint8Array): string => `data:image/png;base64,${Buffer.from(png).toString('base64')}`;

/** Renders rows of names and values; those without a value are left out. */
export const facts = (rows: readonly (readonly [name: string, value: string | number | null | undefined])[]): string =>
  `<dl>${rows
    .filter(([, value]) => value !== undefined && value !== null && value !== '')
    .map(([name, value]) => `<div><dt>${escaped(name)}</dt><dd>${escaped(`${value}`)}</dd></div>`)
    .join('')}</dl>`;
