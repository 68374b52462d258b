import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { anyPart, concat, cvae, dense, gaussian, heads, logNormal, normal } from 'cvae-compile';
import { compile } from '../../src/export/compile.ts';
import { withModule } from '../../src/export/module/module-files.ts';
import { write } from '../../src/export/write.ts';
import type { Model } from '../../src/runtime/model.ts';
import { open } from '../../src/runtime/node.ts';
import { trainedWeights } from '../compiler/weights.ts';

const target = { rain: logNormal(1), wind: normal(2) };
const model = cvae({
  condition: {},
  target,
  latent: 1,
  known: anyPart(),
  recognition: ({ y }) => concat(y.rain, y.wind).pipe(gaussian(1)),
  decoder: ({ z, known }) => concat(z, known.rain, known.wind).pipe(dense(4), heads(target)),
});

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cvae-wasm-impute-'));
  for (const recognition of [false, true]) {
    const compiled = compile(model, trainedWeights(model), { name: 'parts', recognition });
    await write(join(folder, `${recognition}`), await withModule(compiled), async () => undefined);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it.each([false, true])(
  'a module is asked for the rest of a row as files are, with its recognition network: %s',
  async (which) => {
    const path = join(folder, `${which}`);
    const module: { readonly open: () => Promise<Model> } = await import(pathToFileURL(join(path, 'model.js')).href);
    const [found, expected] = [await module.open(), await open(path)];
    const given = { rain: [2, null], wind: [[null, 1], null] };
    const [{ rain, wind }, files] = [
      Object(await found.impute(given, { seed: 1 })),
      Object(await expected.impute(given, { seed: 1 })),
    ];
    expect(rain.data[0]).toBe(2);
    expect(wind.data[1]).toBe(1);
    for (const [own, theirs] of [
      [rain, files.rain],
      [wind, files.wind],
    ])
      expect([...own.data]).toEqual(Array.from(theirs.data, (value) => expect.closeTo(Number(value), 4)));
    await expect(found.impute({ rain: -1 })).rejects.toThrow('rain: expected values as those trained on, got -1');
    await expect(found.impute({ wind: 'x' })).rejects.toThrow('wind: expected numbers of [2]');
    await found.close();
    await expected.close();
  },
);
