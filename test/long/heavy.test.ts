import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import * as ort from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { load } from '../../src/cli/load.ts';
import { costOf } from '../../src/export/cost.ts';
import { decode } from '../../src/onnx/decode.ts';
import { stream } from '../../src/random.ts';
import { readManifest } from '../../src/runtime/node.ts';
import { parametersOf } from '../../src/train/parameters.ts';
import { encodeSafetensors } from '../../src/weights/safetensors.ts';

// Models of which the float64 reference takes seconds for an example are exported in ten times what onnxruntime takes for a batch of
// 64, with a word after two seconds at most, and not in more memory than three times that of such a batch.

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const cli = here('../../dist/cli/bin.js');

let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'cvae-heavy-'));
});
afterAll(() => rm(root, { recursive: true }));

interface Usage {
  readonly first: number;
  readonly seconds: number;
  readonly bytes: number;
}

/** What a command takes, in seconds of one processor, so that it does not matter what else runs. */
const taken = async (...args: readonly string[]): Promise<Usage & { readonly err: string }> => {
  const USAGE = join(root, 'usage.json');
  const { stderr } = await promisify(execFile)(
    process.execPath,
    ['--import', pathToFileURL(here('heavy/usage.mjs')).href, cli, ...args],
    { env: { ...process.env, USAGE } },
  );
  const usage: Usage = JSON.parse(await readFile(USAGE, 'utf8'));
  return { ...usage, err: stderr };
};

const ROWS = 64;

/** What onnxruntime takes for a batch of 64 of every file, and the bytes of its weights and of what nodes give. */
const onnxruntimeTakes = async (folder: string): Promise<{ readonly seconds: number; readonly bytes: number }> => {
  const { files } = await readManifest(folder);
  let [total, most] = [0, 0];
  for (const { file, inputs, bytes } of Object.values(files)) {
    const content = await readFile(join(folder, file));
    const { graph, opset } = decode(content, { file });
    most = Math.max(most, bytes + 4 * ROWS * costOf(graph, opset).numbers);
    const session = await ort.InferenceSession.create(content, { intraOpNumThreads: 1 });
    const feeds = Object.entries(inputs).map(([name, shape]) => {
      const data = new Float32Array(ROWS * shape.reduce((a, b) => a * b, 1)).map((_, i) => (i % 7) / 7);
      return [name, new ort.Tensor('float32', data, [ROWS, ...shape])] as const;
    });
    const before = process.cpuUsage();
    await session.run(Object.fromEntries(feeds));
    total += process.cpuUsage(before).user / 1e6;
    await session.release();
  }
  return { seconds: total, bytes: most };
};

describe.each(['unet', 'pointnet'])('%s', (name) => {
  test('is exported and verified soon enough, in little memory', { timeout: 900_000 }, async () => {
    const definition = here(`heavy/${name}.ts`);
    const { model } = await load(definition);
    const weights = new Map(
      parametersOf(model).map(({ name: of, shape, init }) => [of, { shape, data: init(shape, stream(1, of)) }]),
    );
    const [file, out] = [join(root, `${name}.safetensors`), join(root, name)];
    await writeFile(file, encodeSafetensors(weights));
    const exported = await taken('export', definition, '--weights', file, '--out', out);
    const verified = await taken('verify', out);
    const alone = await onnxruntimeTakes(out);
    const figures = { exported, verified, alone };
    console.log(
      name,
      JSON.stringify(figures, (key, value: unknown) => (key === 'err' ? undefined : value)),
    );
    for (const { first, seconds, bytes, err } of [exported, verified]) {
      expect(err).toMatch(/^\w+\.onnx: .* float64, \d+ %$/m);
      expect(first).toBeLessThan(2);
      expect(seconds).toBeLessThan(10 * alone.seconds);
      expect(bytes).toBeLessThan(3 * alone.bytes);
    }
  });
});
