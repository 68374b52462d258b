import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromium, type BrowserServer } from 'playwright-core';
import type { TestProject } from 'vitest/node';
import { launchOptions } from '../browser/support/chromium.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where a test asks for the shared browsers: `<address>/plain` and `<address>/gpu` answer with what Playwright connects to. */
    readonly browsers: string;
  }
}

/** Browsers that the files of a project share: each is started when the first test asks for it, and ends with the tests. */
export default async function browsers(project: TestProject): Promise<() => Promise<void>> {
  const running = new Map<string, Promise<BrowserServer>>();
  const open = (kind: string): Promise<BrowserServer> => {
    const there = running.get(kind) ?? chromium.launchServer(launchOptions({ gpu: kind === 'gpu' }));
    running.set(kind, there);
    return there;
  };
  const server = createServer((request, response) => {
    open((request.url ?? '').slice(1)).then(
      (browser) => response.end(browser.wsEndpoint()),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo; // It listens on a port, not on a pipe.
  project.provide('browsers', `http://127.0.0.1:${port}`);
  return async () => {
    server.closeAllConnections();
    server.close();
    for (const browser of running.values()) await (await browser).close();
  };
}
