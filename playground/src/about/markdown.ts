import type { Options } from 'micromark';

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
  const html = micromark(body, { extensions: [gfmTable()], htmlExtensions: [gfmTableHtml(), DETAILS] });
  return html
    .replace(/<(\/?)h([1-4])>/g, (_, slash: string, level: string) => `<${slash}h${Number(level) + 2}>`)
    .replace(/<img src="([^"]*)"( [^>]*)>/g, (_, address: string, rest: string) => {
      const found = imageAt(address.replaceAll('&amp;', '&'));
      return found === undefined ? '' : `<img src="${found.replaceAll('&', '&amp;')}"${rest}>`;
    })
    .replaceAll('<pre>', '<pre tabindex="0">')
    .replaceAll(/<th align="[a-z]+"|<td align="[a-z]+"/g, (cell) => cell.slice(0, 3));
};

/** Lines of HTML that are shown as they are: `details`, and its summary of words. Every other line is text, tags included. */
const DETAILS: NonNullable<Options['htmlExtensions']>[number] = {
  exit: {
    htmlFlowData(token) {
      const line = this.sliceSerialize(token);
      const [, tag, words] = /^(<details>|<\/details>)(?:<summary>([^<>]*)<\/summary>)?$/.exec(line.trim()) ?? [];
      if (tag === undefined) this.raw(this.encode(line));
      else this.raw(words === undefined ? tag : `${tag}<summary>${this.encode(words)}</summary>`);
    },
  },
};
