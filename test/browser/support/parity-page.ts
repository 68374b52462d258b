import { fileURLToPath } from 'node:url';

/** The page on how far numbers differ; tests write its tables, each between two marks. */
export const PARITY = fileURLToPath(new URL('../../../docs/parity.md', import.meta.url));

const pattern = (name: string): RegExp => new RegExp(`(<!-- ${name}: [^>]* -->\\n\\n)([^]*?)(\\n\\n<!-- /${name} -->)`);

/** What lies between the marks of a name. */
export const section = (page: string, name: string): string => pattern(name).exec(page)?.[2] ?? '';

/** The page with other text between them. */
export const withSection = (page: string, name: string, text: string): string =>
  page.replace(pattern(name), (_, before: string, __, after: string) => `${before}${text}${after}`);
