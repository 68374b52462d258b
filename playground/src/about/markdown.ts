/**
 * Markdown as HTML that is safe to show: HTML in it and dangerous addresses are left out, the front matter too. The library
 * is loaded when it is first needed. Headings come two levels lower, since the page has its own.
 */
export const htmlOf = async (text: string): Promise<string> => {
  const [{ micromark }, { gfmTable, gfmTableHtml }] = await Promise.all([
    import('micromark'),
    import('micromark-extension-gfm-table'),
  ]);
  const body = text.replace(/^---\r?\n.*?\r?\n---\r?\n/s, '');
  const html = micromark(body, { extensions: [gfmTable()], htmlExtensions: [gfmTableHtml()] });
  return html
    .replace(/<(\/?)h([1-4])>/g, (_, slash: string, level: string) => `<${slash}h${Number(level) + 2}>`)
    .replaceAll('<pre>', '<pre tabindex="0">')
    .replaceAll(/<th align="[a-z]+"|<td align="[a-z]+"/g, (cell) => cell.slice(0, 3));
};
