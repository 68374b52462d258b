/**
 * Markdown as HTML that is safe to show: HTML in it and dangerous addresses are left out, the front matter too, but for `details`, which
 * model cards fold their definition with. The address of an image is what `imageAt` returns for it; without one, the image is left out.
 * The library is loaded when it is first needed. Headings come two levels lower, since the page has its own.
 */
export const htmlOf = async (text: string, imageAt: (address: string) => string | undefined): Promise<string> => {
  const [{ micromark }, { gfmTable, gfmTableHtml }] = await Promise.all([
    import('micromark'),
    import('micromark-extension-gfm-table'),
  ]);
  const body = text.replace(/^---\r?\n.*?\r?\n---\r?\n/s, '');
  const html = micromark(body, {
    extensions: [gfmTable()],
    htmlExtensions: [
      gfmTableHtml(),
      {
        exit: {
          htmlFlowData(token) {
            const line = this.sliceSerialize(token);
            this.raw(foldOf(line) ?? this.encode(line));
          },
        },
      },
    ],
  });
  return (
    html
      .replace(/<(\/?)h([1-4])>/g, (_, slash: string, level: string) => `<${slash}h${Number(level) + 2}>`)
      .replace(/<img src="([^"]*)"( [^>]*)>/g, (_, address: string, rest: string) => {
        const found = imageAt(address.replaceAll('&amp;', '&'));
        return found === undefined ? '' : `<img src="${found.replaceAll('&', '&amp;')}"${rest}>`;
      })
      .replaceAll('<pre>', '<pre tabindex="0">')
      // A table is scrolled where it is wider than the page.
      .replaceAll('<table>', '<table tabindex="0">')
      .replaceAll(/<th align="[a-z]+"|<td align="[a-z]+"/g, (cell) => cell.slice(0, 3))
  );
};

/** A line of HTML that is shown as it is: `details`, and its summary of words. Every other line is text, tags included. */
const foldOf = (line: string): string | undefined =>
  /^(<details>(<summary>[^<>&]*<\/summary>)?|<\/details>)$/.test(line.trim()) ? line : undefined;
