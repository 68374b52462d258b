import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { OnnxBuilder } from '../../src/onnx/builder.ts';
import { encode } from '../../src/onnx/encode.ts';
import { pixels } from '../runtime/models.ts';
import { writeModel } from '../runtime/write-model.ts';
import { launch } from './support/chromium.ts';
import { evaluate } from './support/evaluate.ts';
import { serve } from './support/server.ts';
import { FOLDERS, mapped } from './support/site.ts';
import { browsing } from './support/visit.ts';
import { IS_LONG, chosen } from '../support/chosen.ts';

// What goes wrong is reported in one sentence: where, what was expected, what there was, what to do.

const { root, visit } = browsing(['digits']);
const message = (page: Page, address: string, options = '{}') =>
  evaluate<string>(page, `await runtime.open(${JSON.stringify(address)}, ${options}); return 'opened';`);
const WASM = 'ort-wasm-simd-threaded.wasm';

describe('an address', () => {
  it('with nothing, or an HTML page, at it', async () => {
    const { page, site } = await visit(mapped(root()));
    const remedy = 'give the address of an exported folder';
    const at = `${site.url}/models/nowhere/model.json: expected the model.json of an exported model`;
    expect(await message(page, '/models/nowhere')).toBe(`InvalidFile: ${at}, got 404 Not Found; ${remedy}`);
    // That of a file in the folder.
    expect(await message(page, '/models/digits/decoder.onnx')).toMatch(
      /got 404 Not Found; give the address of an exported folder/,
    );
    const spa = await visit(mapped(root(), { fallback: true }));
    expect(await message(spa.page, '/models/nowhere')).toBe(
      `InvalidFile: ${at.replace(site.url, spa.site.url)}, got an HTML page; ${remedy}`,
    );
  });

  it('that nobody answers, or that is not an address', async () => {
    const { page } = await visit(mapped(root()));
    expect(await message(page, 'http://127.0.0.1:9/digits')).toMatch(
      /got no answer \(no network, or forbidden by CORS or connect-src\); give the address/,
    );
    expect(await message(page, 'http://')).toBe(
      'InvalidData: http://: expected the address of a folder, got other text; correct it',
    );
  });
});

describe('a model', () => {
  let page: Page;
  beforeEach(async () => void ({ page } = await visit(mapped(root()))));

  /** What opening a model's folder says once it is changed. */
  const opened = async (change: (folder: string) => Promise<unknown>): Promise<string> => {
    const folder = await mkdtemp(join(root(), 'broken-'));
    await writeModel(folder, pixels);
    await change(folder);
    return message(page, folder.replace(root(), '/models'));
  };
  /** Other bytes for its decoder, with or without their length and hash in model.json. */
  const decoder = (make: (bytes: Uint8Array) => Uint8Array, listed = false) =>
    opened(async (folder) => {
      const bytes = make(await readFile(join(folder, 'decoder.onnx')));
      await writeFile(join(folder, 'decoder.onnx'), bytes);
      if (!listed) return;
      const path = join(folder, 'model.json');
      const manifest = JSON.parse(await readFile(path, 'utf8'));
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      Object.assign(manifest.files.decoder, { bytes: bytes.length, sha256 });
      await writeFile(path, JSON.stringify(manifest));
    });
  const text = (words: string): Uint8Array => new TextEncoder().encode(words);
  const AGAIN = 'export the model again';

  it('whose file is cut, changed, or an HTML page', async () => {
    expect(await decoder((bytes) => bytes.subarray(0, 50))).toMatch(
      /decoder\.onnx: expected the file of \d+ bytes that model\.json lists, got 50; export the model again, and put the whole folder there$/,
    );
    expect(await decoder((bytes) => bytes.with(60, (bytes[60] ?? 0) ^ 1))).toMatch(
      /got other ones, of another SHA-256; export/,
    );
    expect(await decoder(() => text('<!doctype html><title>Not found</title>'))).toMatch(/got an HTML page; export/);
    expect(await opened((folder) => rm(join(folder, 'decoder.onnx')))).toMatch(/got 404 Not Found; export/);
  });

  it.runIf(IS_LONG)('whose file is as model.json says, but no ONNX, a truncated one, or a foreign one', async () => {
    for (const make of [() => text('not a model'), (bytes: Uint8Array) => bytes.subarray(0, bytes.length - 9)])
      expect(await decoder(make, true)).toMatch(
        /decoder\.onnx: expected a file that onnxruntime loads, got ".*protobuf parsing failed.*"; export the model again$/,
      );
    const foreign = (): Uint8Array => {
      const onnx = new OnnxBuilder('theirs');
      onnx.output('probabilities', onnx.Sigmoid(onnx.input('pixels', 'float32', ['N', 4])), 'float32', ['N', 4]);
      return encode({
        graph: onnx.graph(),
        opset: 18,
        irVersion: 8,
        metadata: {},
        producer: { name: 'theirs', version: '1' },
      });
    };
    expect(await decoder(foreign, true)).toMatch(
      /decoder\.onnx: expected the inputs z, digit, size, got pixels; export the model again$/,
    );
    const later = (): Uint8Array => {
      const onnx = new OnnxBuilder('later');
      onnx.output('y', onnx.Sigmoid(onnx.input('z', 'float32', ['N', 2])), 'float32', ['N', 2]);
      return encode({
        graph: onnx.graph(),
        opset: 18,
        irVersion: 99,
        metadata: {},
        producer: { name: 'later', version: '1' },
      });
    };
    expect(await decoder(later, true)).toMatch(
      /expected a file that onnxruntime loads, got ".*99.*"; export the model again$/,
    );
  });

  it("whose model.json is another program's, cut, or from the future", async () => {
    const json = (words: string) => opened((folder) => writeFile(join(folder, 'model.json'), words));
    expect(await json('{"modelTopology":{},"weightsManifest":[]}')).toMatch(
      new RegExp(`model\\.json: expected a model of format 1, got format nothing; ${AGAIN}$`),
    );
    expect(await json('{"format":1,"files":')).toMatch(/got text that is not JSON, or cut off; export/);
    expect(await json('{"format":1}')).toMatch(/expected library to be text, got nothing; export/);
    expect(await json('{"format":99}')).toMatch(/got 99, a version from the future; update cvae-compile$/);
  });

  const damages = [
    ['conditions', null, 'expected conditions to be an object, got null'],
    ['target.shape', undefined, 'expected target.shape to be a list of whole numbers, got nothing'],
    ['target.dataShape', [-1], 'expected target.dataShape to be a list of whole numbers, got [-1]'],
    ['latent', 'two', 'expected latent to be a whole number, got "two"'],
    ['files.decoder.sha256', 'abc', 'expected files.decoder.sha256 to be 64 hexadecimal digits, got "abc"'],
    ['files.decoder.inputs', [null], 'expected files.decoder.inputs to be an object, got [null]'],
  ] as const;
  it.each(chosen('damages of a model.json in a page', damages, 1))(
    'whose model.json has a %s that is %j',
    async (path, value, sentence) => {
      const damaged = async (folder: string): Promise<void> => {
        const file = join(folder, 'model.json');
        const keys = path.split('.');
        const last = keys.pop() ?? '';
        const whole = JSON.parse(await readFile(file, 'utf8'));
        keys.reduce((object, key) => object[key], whole)[last] = value;
        await writeFile(file, JSON.stringify(whole));
      };
      expect(await opened(damaged)).toContain(`model.json: ${sentence}; export the model again`);
    },
  );

  it('that is asked for what it does not know, or options of other names', async () => {
    const asked = (body: string) =>
      evaluate<string>(page, `window.m ??= await runtime.open('/models/digits'); return m.${body};`);
    expect(await asked('mean({ digit: 10 })')).toBe(
      'InvalidData: digit: expected a class, 0 to 9, got 10; give one of these',
    );
    expect(await asked('mean({})')).toBe('InvalidData: digit: expected a class, 0 to 9, got nothing; give it');
    expect(await asked('mean({ digit: 1, hue: 2 })')).toMatch(/^InvalidData: hue: expected conditions of this model/);
    expect(await asked('decode([1, NaN], { digit: 1 })')).toMatch(
      /^InvalidData: z: expected numbers of \[20\], got 2 /,
    );
    expect(await message(page, '/models/digits', '{ backend: "cuda" }')).toMatch(
      /^InvalidData: backend: expected auto, wasm or webgpu/,
    );
    expect(await message(page, '/models/digits', '{ proxy: true }')).toMatch(/^InvalidData: proxy: expected one of/);
  });
});

describe('WebAssembly', () => {
  let page: Page;
  beforeEach(async () => void ({ page } = await visit(mapped(root()))));

  /** What opening says if one file in the folder of `wasmPaths` is wrong, in a worker and without. */
  const assets = async (file: string, content: Uint8Array | string | undefined): Promise<readonly string[]> => {
    const folder = await mkdtemp(join(root(), 'assets-'));
    for (const name of ['ort.wasm.bundle.min.mjs', WASM]) await cp(join(FOLDERS['/ort/'], name), join(folder, name));
    await cp(join(FOLDERS['/dist/'], 'browser', 'worker.js'), join(folder, 'worker.js'));
    if (content === undefined) await rm(join(folder, file));
    else await writeFile(join(folder, file), content);
    const wasmPaths = `wasmPaths: '${folder.replace(root(), '/models')}'`;
    return [
      await message(page, '/models/digits', `{ ${wasmPaths} }`),
      await message(page, '/models/digits', `{ ${wasmPaths}, worker: false }`),
    ];
  };
  const REMEDY = 'run cvae-compile assets --out FOLDER, and give its address as wasmPaths';

  it('that is missing, an HTML page, cut, or of another version', async () => {
    const wanted = `/${WASM}: expected WebAssembly of onnxruntime-web`;
    const others = [
      [undefined, '404 Not Found'],
      ['<!doctype html>', 'an HTML page'],
      ['{}', 'bytes of another kind'],
    ] as const;
    for (const [content, got] of chosen('other bytes for WebAssembly', others, 1))
      for (const said of await assets(WASM, content))
        expect(said).toMatch(new RegExp(`${wanted}, got ${got}; ${REMEDY}$`));
    const whole = await readFile(join(FOLDERS['/ort/'], WASM));
    const other = await readFile(join(FOLDERS['/ort/'], 'ort-wasm-simd-threaded.jspi.wasm'));
    const modules = [
      [whole.subarray(0, 1e6), /"[^"]*CompileError.*"/],
      [other, /".*WebAssembly.*"/],
    ] as const;
    for (const [content, got] of chosen('other WebAssembly', modules, 1))
      for (const said of await assets(WASM, content))
        expect(said).toMatch(
          new RegExp(
            `/${WASM}: expected onnxruntime-web to start, got ${got.source}; ${REMEDY}, and load the page again$`,
          ),
        );
  });

  it.runIf(IS_LONG)('whose module, or whose worker, is missing or an HTML page', async () => {
    for (const content of [undefined, '<!doctype html>']) {
      const [worker = '', here] = await assets('worker.js', content);
      expect(worker).toMatch(
        /worker\.js: expected the runtime's worker, got (404 Not Found|an HTML page); .*or open with \{ worker: false \}$/,
      );
      expect(here).toBe('opened');
      const [module = ''] = await assets('ort.wasm.bundle.min.mjs', content);
      expect(module).toMatch(
        new RegExp(`${WASM}: expected onnxruntime-web to start, got ".*"; ${REMEDY}, and load the page again$`),
      );
    }
  });

  it.runIf(IS_LONG)('where an import map leads nowhere, and a later try with the right address works', async () => {
    const folders = {
      '/ort/': join(root(), 'none'),
      '/there/': FOLDERS['/ort/'],
      '/there': join(FOLDERS['/dist/'], 'browser'),
    };
    const lost = (await visit(mapped(root(), { folders }))).page;
    expect(await message(lost, '/models/digits')).toMatch(/\/ort\/.*got 404 Not Found; run cvae-compile assets/);
    expect(await message(lost, '/models/digits', `{ wasmPaths: '/there/' }`)).toBe('opened');
  });

  it.runIf(IS_LONG)('that the browser lacks', async () => {
    const browser = await launch({ args: ['--js-flags=--jitless'] });
    const site = await serve(mapped(root()));
    const without = await browser.newPage();
    await without.goto(site.url);
    expect(await message(without, '/models/digits')).toBe(
      'Unavailable: WebAssembly: expected a browser with WebAssembly, got one without; use another browser',
    );
    await browser.close();
    await site.close();
  });
});
