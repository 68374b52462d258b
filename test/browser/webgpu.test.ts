import { describe, expect, it } from 'vitest';
import { evaluate } from './support/evaluate.ts';
import { mapped } from './support/site.ts';
import { browsing } from './support/visit.ts';
import { IS_LONG } from '../support/chosen.ts';

// A real WebGPU, whose adapter is in software, and whose process a test ends.
const { root, browser, visit } = browsing(['digits'], { gpu: true, own: true });

/** Opens digits as `m` in the page itself, on a WebGPU whose device is `device`. */
const OPENED_HERE = `const request = GPUAdapter.prototype.requestDevice;
       let device;
       GPUAdapter.prototype.requestDevice = async function (...args) { return (device = await request.apply(this, args)); };
       const m = await runtime.open('/models/digits', { backend: 'webgpu', worker: false });`;
const LOST = /^Unavailable: webgpu: expected the GPU that the model was opened on, got ".*"; open the model again$/;

describe('a GPU', () => {
  it.runIf(IS_LONG)(
    'that crashes under a model in its worker is reported, and the next model opens all the same',
    async () => {
      const { page } = await visit(mapped(root()));
      const before = await evaluate(
        page,
        `window.m = await runtime.open('/models/digits', { backend: 'webgpu' });
       return [m.backend.name, (await m.mean({ digit: 1 })).data.length];`,
      );
      expect(before).toEqual(['webgpu', 784]);
      // Ends the process that all of the browser's GPU work is done in.
      await (await browser().newBrowserCDPSession()).send('Browser.crashGpuProcess');
      await expect
        .poll(() => evaluate(page, `return m.mean({ digit: 1 }).then(() => 'served', String);`), { timeout: 20_000 })
        .toMatch(LOST);
      const after = await evaluate(
        page,
        `await m.close().catch(() => undefined);
       const n = await runtime.open('/models/digits', { backend: 'webgpu' });
       return (await n.selfTest()).passed;`,
      );
      expect(after).toBe(true);
    },
  );

  it.runIf(IS_LONG)('that is lost in the page itself is reported too', async () => {
    const { page } = await visit(mapped(root()));
    const found = await evaluate(
      page,
      `${OPENED_HERE}
       const { name } = m.backend;
       device.destroy();
       await device.lost;
       await new Promise((resolve) => setTimeout(resolve));
       const lost = await m.mean({ digit: 1 }).catch(String);
       return [name, lost];`,
    );
    expect(found).toEqual(['webgpu', expect.stringMatching(LOST)]);
  });

  it.runIf(IS_LONG)('that is lost during a call is reported by that call', async () => {
    const { page } = await visit(mapped(root()));
    const found = await evaluate(
      page,
      `${OPENED_HERE}
       const map = GPUBuffer.prototype.mapAsync;
       GPUBuffer.prototype.mapAsync = function (...args) { device.destroy(); return map.apply(this, args); };
       return m.mean({ digit: 1 }).catch(String);`,
    );
    expect(found).toMatch(LOST);
  });

  it.runIf(IS_LONG)('serves calls and openings that come at once, one after the other', async () => {
    const { page } = await visit(mapped(root()));
    const same = await evaluate(
      page,
      `const open = () => runtime.open('/models/digits', { backend: 'webgpu' });
       const [m, n] = await Promise.all([open(), open()]);
       const [a, b, c, d] = await Promise.all([1, 2, 1, 2].map((digit, i) => (i < 2 ? m : n).mean({ digit })));
       await Promise.all([m.close(), n.close()]);
       const text = ({ data }) => data.join();
       return [m.backend.name, text(a) === text(c), text(b) === text(d), text(a) === text(b)];`,
    );
    expect(same).toEqual(['webgpu', true, true, false]);
  });
});

describe('WASM takes over, and the backend says why, from a GPU', () => {
  /** The backend of a model that is opened for WebGPU in the page, once a script has changed what that does. */
  const opened = async (change: string) => {
    const { page } = await visit(mapped(root()));
    return evaluate(
      page,
      `${change};
       const m = await runtime.open('/models/digits', { backend: 'webgpu', worker: false });
       return { ...m.backend, passed: (await m.selfTest()).passed };`,
    );
  };

  it.runIf(IS_LONG)('that computes wrong numbers', async () => {
    // Its programs are changed on their way: every sum is a little too large.
    const found = await opened(
      `const make = GPUDevice.prototype.createShaderModule;
       GPUDevice.prototype.createShaderModule = function (what) {
         return make.call(this, { ...what, code: what.code.replaceAll(/exp\\(/g, '1.01 * exp(') });
       };`,
    );
    expect(found).toEqual({
      name: 'wasm',
      threads: 1,
      reason: expect.stringMatching(/^webgpu: its numbers are wrong by [\d.e-]+$/),
      passed: true,
    });
  });

  it.runIf(IS_LONG)('that gives no device', async () => {
    const found = await opened(
      `GPUAdapter.prototype.requestDevice = async () => { throw new DOMException('out of memory', 'OperationError'); }`,
    );
    expect(found).toEqual({
      name: 'wasm',
      threads: 1,
      reason: expect.stringMatching(/^webgpu: .*\S/),
      passed: true,
    });
  });

  it('whose files are not there', async () => {
    const { page, site } = await visit(mapped(root()));
    await page.route('**/*.asyncify.wasm', (route) => route.fulfill({ status: 404, body: 'Not found' }));
    expect(
      await evaluate(page, `return (await runtime.open('/models/digits', { backend: 'webgpu' })).backend;`),
    ).toEqual({
      name: 'wasm',
      threads: 1,
      reason:
        `webgpu: ${site.url}/ort/ort-wasm-simd-threaded.asyncify.wasm: expected WebAssembly of onnxruntime-web, got 404 Not Found; ` +
        'run cvae-compile assets --out FOLDER --webgpu, and give its address as wasmPaths',
    });
  });
});
