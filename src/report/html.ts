/** Escapes text for an element or a quoted attribute. */
export const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c] ?? c);

/** Returns the bytes of a PNG file as a data URL. */
export const dataUrl = (png: Uint8Array): string => `data:image/png;base64,${Buffer.from(png).toString('base64')}`;

/** Renders a value; of a checksum, which nobody reads, the beginning, and all of it on hover. */
const cell = (text: string): string =>
  /^[0-9a-f]{64}$/.test(text) ? `<dd title="${text}">${text.slice(0, 12)}…</dd>` : `<dd>${escaped(text)}</dd>`;

/** Renders rows of names and values; those without a value are left out. */
export const facts = (rows: readonly (readonly [name: string, value: string | number | null | undefined])[]): string =>
  `<dl>${rows
    .filter(([, value]) => value !== undefined && value !== null && value !== '')
    .map(([name, value]) => `<div><dt>${escaped(name)}</dt>${cell(`${value}`)}</div>`)
    .join('')}</dl>`;
