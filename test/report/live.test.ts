import { request } from 'node:http';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { categorical, concat, cvae, dense, gaussian, normal } from 'cvae-compile';
import { train } from 'cvae-compile/train';
import { serveLive, type Live } from '../../src/report/live.ts';
import { temporary } from '../cli/support/cli.ts';

const folder = temporary();
const model = cvae({
  condition: { kind: categorical(2) },
  target: normal(1),
  latent: 1,
  recognition: ({ y, kind }) => concat(y, kind).pipe(gaussian(1)),
  decoder: ({ z, kind }) => concat(z, kind).pipe(dense(1)),
});
const rows = Array.from({ length: 80 }, (_, i) => ({ kind: i % 2, y: [i % 7] }));

/** Reads events from a live page until one of this name has come. */
const untilEvent = async (url: string, name: string): Promise<string> => {
  const { body } = await fetch(`${url}events`);
  let text = '';
  for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    if (text.includes(`event: ${name}`)) break;
  }
  return text;
};

/** The status for a request that names another host. */
const statusFor = (url: string, host: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    request(url, { headers: { host } }, ({ statusCode }) => resolve(statusCode))
      .on('error', reject)
      .end();
  });

test('the page is served during the run, reports each epoch, and ends with the run', async () => {
  const run = join(folder, 'run');
  const live: Live = await serveLive(run);
  expect((await fetch(live.url)).status).toBe(503);
  const pages: string[] = [];
  let heard: Promise<string> | undefined;
  await train(model, rows, {
    run,
    epochs: 3,
    loggers: [
      {
        begin: async () => {
          heard = untilEvent(live.url, 'change');
        },
        epoch: async () => {
          live.changed();
          pages.push(await (await fetch(live.url)).text());
        },
      },
    ],
  });
  expect(await heard).toContain('event: change');
  const last = untilEvent(live.url, 'last');
  await new Promise((resolve) => setTimeout(resolve, 50));
  await live.end();
  expect(await last).toContain('event: last');
  expect(pages[0]).toContain('training: epoch 1 of 3');
  expect(pages[2]).toContain('training: epoch 3 of 3');
  const [, nonce] = /<script nonce="([^"]+)">/.exec(pages[0] ?? '') ?? [];
  expect(pages[0]).toContain(`script-src 'nonce-${nonce}'; connect-src 'self'`);
  await expect(fetch(live.url)).rejects.toThrow();
});

test('it ends once all open pages have the last state', async () => {
  const run = join(folder, 'watched');
  await train(model, rows, { run, epochs: 1 });
  const live = await serveLive(run);
  const pages = [1, 2, 3].map(async (place) => {
    await untilEvent(live.url, 'last');
    await new Promise((resolve) => setTimeout(resolve, 150 * (place - 1)));
    return (await fetch(live.url)).status;
  });
  await new Promise((resolve) => setTimeout(resolve, 100));
  await live.end();
  expect(await Promise.all(pages)).toEqual([200, 200, 200]);
});

test('it answers for nothing else, and for no other host', async () => {
  const live = await serveLive(folder);
  expect((await fetch(`${live.url}run.json`)).status).toBe(404);
  expect((await fetch(live.url, { method: 'POST' })).status).toBe(405);
  expect(await statusFor(live.url, 'evil.example')).toBe(421);
  await live.end();
});
