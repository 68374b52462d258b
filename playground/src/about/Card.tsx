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
      if (!site.held && !(await isListed(new URL('site.json', document.baseURI)))) return;
      const text = (await textOf(site, 'README.md')) ?? '';
      // Some servers answer what they do not have with a page.
      if (text !== '' && !/^\s*<(!doctype|html)/i.test(text)) html.value = await htmlOf(text);
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

/** Whether a site's list of its files has a card; it may have one where there is no list. */
const isListed = async (list: URL): Promise<boolean> => {
  const response = await fetch(list);
  return !response.ok || (await response.text()).includes('"model/README.md"');
};
