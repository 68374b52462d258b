import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Playground } from '../session/playground.ts';
import { textOf } from '../session/site.ts';
import { htmlOf } from './markdown.ts';

/** The model card that lies in the folder, if there is one. */
export const Card = ({ playground: { site } }: { readonly playground: Playground }) => {
  const html = useSignal<string | undefined>(undefined);
  useEffect(() => {
    const load = async (): Promise<void> => {
      const isListed = site.held ? () => false : await listOf(new URL('site.json', document.baseURI));
      if (!site.held && !isListed(CARD)) return;
      const text = (await textOf(site, CARD)) ?? '';
      // Some servers answer what they do not have with a page.
      if (text === '' || /^\s*<(!doctype|html)/i.test(text)) return;
      html.value = await htmlOf(text, (address) => {
        if (URL.canParse(address)) return address;
        return isListed(address) ? new URL(address, site.folder).href : undefined;
      });
    };
    load().catch(() => undefined); // a folder without a card
  }, []);
  if (html.value === undefined) return null;
  return (
    <section class="card prose" aria-label="Model card">
      <div dangerouslySetInnerHTML={{ __html: html.value }} />
    </section>
  );
};

const CARD = 'README.md';

/** Whether the model's folder of a site has a file, by the site's list of its files; it may have any where there is no list. */
const listOf = async (list: URL): Promise<(file: string) => boolean> => {
  const response = await fetch(list);
  const text = response.ok ? await response.text() : undefined;
  return (file) => text === undefined || text.includes(JSON.stringify(`model/${file}`));
};
