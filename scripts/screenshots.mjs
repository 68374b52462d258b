// npm run screenshots [-- FOLDER [TABLE]]: takes the pictures of the playground in the README, of an exported completion model: light,
// dark, and on a phone, into docs/; and that of a table in docs/serving.md, if TABLE is the exported folder of examples/table. By
// default, the folder is the one that `npm run playground` leaves.
//
// npm run screenshots -- --all OUT FOLDER…: every tab of each exported model, light, dark and on a phone, into OUT, to look at.
import { existsSync, mkdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const args = process.argv.slice(2);
const all = args[0] === '--all' ? args.slice(2) : undefined;
const folder = all?.[0] ?? args[0] ?? `${root}out/playground/completion/onnx`;
if (!existsSync(folder)) {
  console.error(`${folder}: expected an exported model, got none; run npm run playground once, or name a folder`);
  process.exit(2);
}
const { createJiti } = await import('jiti');
const { launch } = await createJiti(import.meta.url).import('../test/browser/support/chromium.ts');
const { siteOf } = await import('../dist/site/site.js');
const { serveSite } = await import('../dist/site/server.js');

/** The site that `serve` shows. */
const siteAt = (from, options) => serveSite(() => siteOf(from, { engines: 'all' }), { isolate: false, ...options });

let served = await siteAt(folder);
const browser = await launch();

/** Opens a page at an address, and waits until it is at rest. */
const visit = async (options, hash = '', { site = served, shows = '.panel canvas' } = {}) => {
  const context = await browser.newContext({ deviceScaleFactor: 1, reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  await page.goto(`${site.urls[0]}${hash}`);
  await page.locator(shows).first().waitFor({ timeout: 60_000 });
  await page.waitForTimeout(1500);
  return page;
};

/** Draws, as a person would, what can be a 2, a 3, a 0 or an 8. */
const draw = async (page) => {
  await page.getByRole('button', { name: 'Clear' }).click();
  const box = await page.locator('.paper canvas').first().boundingBox();
  const points = [
    [9.2, 18.4],
    [8.2, 20.4],
    [8.6, 22.2],
    [10.4, 23.2],
    [13.6, 22.6],
  ];
  const at = ([x, y]) => [box.x + (x / 28) * box.width, box.y + (y / 28) * box.height];
  await page.mouse.move(...at(points[0]));
  await page.mouse.down();
  for (const point of points.slice(1)) {
    await page.mouse.move(...at(point), { steps: 8 });
    await page.waitForTimeout(120);
  }
  await page.mouse.up();
  await page.mouse.move(box.x + box.width * 3, box.y - 40);
  await page.waitForTimeout(800);
};

const save = async (page, name) => {
  await page.screenshot({ path: `${root}docs/${name}.png` });
  await page.context().close();
  console.log(`docs/${name}.png`);
};
const desk = { viewport: { width: 1280, height: 800 } };
const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

/** The pictures of the README. */
const pictures = async () => {
  const light = await visit(desk, '#seed=3');
  await draw(light);
  await save(light, 'playground');
  const dark = await visit({ ...desk, colorScheme: 'dark' }, '#a=3.3.1&b=3.12.1');
  await draw(dark);
  await dark.getByRole('tab', { name: 'Latent' }).click();
  await dark.waitForTimeout(2500);
  await save(dark, 'playground-dark');
  const small = await visit(phone);
  await save(small, 'playground-phone');
  if (args[1] === undefined) return;
  const site = await siteAt(args[1], { port: 0 });
  const table = await visit(desk, '#view=trend&seed=3&c.station=all&c.day=180&c.clouds=4', {
    site,
    shows: '.band-median',
  });
  await save(table, 'playground-table');
  await site.close();
};

/** Every tab of a model's page in each of the ways that it is shown, as high as it is: what is fixed to the window's edge is below it. */
const sheet = async (from, out) => {
  const name = basename(from) === 'onnx' ? basename(dirname(from)) : basename(from);
  const ways = { light: desk, dark: { ...desk, colorScheme: 'dark' }, phone };
  for (const [way, options] of Object.entries(ways)) {
    const context = await browser.newContext({ deviceScaleFactor: 1, reducedMotion: 'reduce', ...options });
    const page = await context.newPage();
    await page.goto(served.urls[0]);
    await page.locator('.status b').first().waitFor({ timeout: 60_000 });
    for (const tab of await page.getByRole('tab').all()) {
      await tab.click();
      await page.waitForTimeout(2500);
      const path = `${out}/${name}-${(await tab.getAttribute('id'))?.slice(4)}-${way}.png`;
      const height = Math.max(options.viewport.height, await page.evaluate('document.documentElement.scrollHeight'));
      await page.setViewportSize({ ...options.viewport, height: Math.min(height, 4000) });
      await page.screenshot({ path });
      await page.setViewportSize(options.viewport);
      console.log(path);
    }
    await context.close();
  }
};

try {
  if (all) {
    mkdirSync(args[1], { recursive: true });
    for (const each of all) {
      await served.close();
      served = await siteAt(each);
      await sheet(each, args[1]);
    }
  } else await pictures();
} finally {
  await browser.close();
  await served.close();
}
