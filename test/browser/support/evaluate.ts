import type { Page } from 'playwright-core';

/**
 * Runs a function's body in a page that has `window.runtime`, and gives what it returns; an error of the runtime becomes its
 * name and message, as `console` would print it.
 */
export const evaluate = async <T = unknown>(page: Page, body: string): Promise<T> => {
  await page.waitForFunction('window.runtime !== undefined');
  const text = await page.evaluate<string>(`(async () => {
    try { return JSON.stringify(await (async () => { ${body} })()) ?? 'null'; }
    catch (error) { return JSON.stringify(String(error)); }
  })()`);
  const value: T = JSON.parse(text);
  return value;
};
