import { describe, expect, it } from 'vitest';
import { evaluate } from './support/evaluate.ts';
import { FOLDERS, MAPPED, mapped } from './support/site.ts';
import { browsing } from './support/visit.ts';
import { IS_LONG, chosen } from '../support/chosen.ts';

// Measures memory on request, not at a garbage collection that may be far off.
const { root, host, visit } = browsing(['digits'], { args: ['--enable-blink-features=ForceEagerMeasureMemory'] });
const ISOLATED = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' };

const OPENS = IS_LONG ? 100 : 15;

describe('a model that is closed', () => {
  // In a worker that another model keeps, and in the page itself.
  it.each(chosen('where models are closed', [{ worker: true }, { worker: false }], 1))(
    `leaves nothing: memory does not grow with ${OPENS} opens and closes, %o`,
    async ({ worker }) => {
      const { page } = await visit(mapped(root(), { headers: ISOLATED }));
      const open = `runtime.open('/models/digits', { worker: ${worker} })`;
      const after = async (count: number): Promise<number> => {
        const once = `const m = await ${open}; await m.mean({ digit: 1 }); await m.close();`;
        await evaluate(page, `for (let i = 0; i < ${count}; i++) { ${once} }`);
        return evaluate<number>(page, 'return (await performance.measureUserAgentSpecificMemory()).bytes;');
      };
      if (worker) await evaluate(page, `window.kept = await ${open};`);
      const before = await after(5);
      // A model's files are 0.7 MB: leaving one in ten of a hundred would show, and half of 15.
      expect((await after(OPENS)) - before).toBeLessThan(5e6);
      expect(page.workers()).toHaveLength(worker ? 1 : 0);
    },
  );

  // Chromium may never report the memory of a page whose workers have ended, but an ended worker holds none.
  it('ends its worker too if no other model uses it', async () => {
    const { page } = await visit(mapped(root()));
    for (let i = 0; i < (IS_LONG ? 8 : 2); i++) {
      await evaluate(page, `window.model = await runtime.open('/models/digits');`);
      expect(page.workers()).toHaveLength(1);
      await evaluate(page, `await window.model.close();`);
      await expect.poll(() => page.workers().length).toBe(0);
    }
  });

  it('says so when it is asked again', async () => {
    const { page } = await visit(mapped(root()));
    const ask = `const m = await runtime.open('/models/digits'); await m.close(); await m.close(); return m.mean({ digit: 1 });`;
    expect(await evaluate(page, ask)).toBe(
      'Unavailable: digits: expected an open model, got a closed one; open it again',
    );
  });
});

describe('a script of another origin', () => {
  it('runs models in the page, since browsers refuse it a worker', async () => {
    const cors = { 'access-control-allow-origin': '*' };
    const cdn = await host({ folders: FOLDERS, headers: cors });
    const texts = { '/index.html': MAPPED.replaceAll('"/', `"${cdn.url}/`) };
    const { page } = await visit({ texts, folders: { '/models/': root() } });
    const found = await evaluate(
      page,
      `const m = await runtime.open('/models/digits'); return [m.backend, (await m.selfTest()).passed];`,
    );
    expect(found).toEqual([{ name: 'wasm', threads: 1 }, true]);
    expect(page.workers()).toHaveLength(0);
  });

  it.runIf(IS_LONG)('has a worker again where the page gives it one of its own', async () => {
    const cdn = await host({ folders: FOLDERS, headers: { 'access-control-allow-origin': '*' } });
    const texts = { '/index.html': MAPPED.replaceAll('"/dist', `"${cdn.url}/dist`) };
    const folders = { '/models/': root(), '/cvae/': FOLDERS['/ort/'], '/cvae': `${FOLDERS['/dist/']}browser` };
    const { page } = await visit({ texts, folders });
    const open = `const m = await runtime.open('/models/digits', { wasmPaths: '/cvae/' }); return (await m.selfTest()).passed;`;
    expect(await evaluate(page, open)).toBe(true);
    expect(page.workers()).toHaveLength(1);
  });
});
