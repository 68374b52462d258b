import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InvalidFile, Unavailable } from '../../src/errors.ts';
import { open, readManifest, trainer, type OpenOptions } from '../../src/runtime/node.ts';
import { pixels } from './models.ts';
import { dense, writeModel, type Recipe } from './write-model.ts';

let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'cvae-open-'));
});
afterAll(() => rm(root, { recursive: true }));

/** A fresh folder with the model `pixels` in it. */
const exported = async (): Promise<string> => {
  const folder = await mkdtemp(join(root, 'model-'));
  await writeModel(folder, pixels);
  return folder;
};
const edit = async (folder: string, change: (json: Record<string, unknown>) => unknown): Promise<void> => {
  const path = join(folder, 'model.json');
  await writeFile(path, JSON.stringify(change(JSON.parse(await readFile(path, 'utf8')))));
};

describe('opening a folder', () => {
  it('reads a model.json that an editor has begun with a byte order mark, as pages do', async () => {
    const folder = await exported();
    const path = join(folder, 'model.json');
    await writeFile(path, `\uFEFF${await readFile(path, 'utf8')}`);
    await (await open(folder)).close();
  });

  it('gives the model with its signature, and closing frees it', async () => {
    const folder = await exported();
    const model = await open(folder, { threads: 2 });
    expect(model.signature).toEqual(await readManifest(folder));
    const { data } = await model.sample({ digit: 'one', size: 1 }, { count: 2, seed: 1 });
    expect(data).toHaveLength(12);
    await model.close();
    await expect(model.mean({ digit: 'one', size: 1 })).rejects.toThrow(
      new Unavailable('pixels: expected an open model, got a closed one; open it again'),
    );
    await model.close();
  });

  it('takes a file URL for a path, and refuses one of another kind', async () => {
    const model = await open(pathToFileURL(await exported()));
    await model.close();
    for (const address of [new URL('s3://bucket/digits/'), 's3://bucket/digits/'])
      await expect(open(address)).rejects.toThrow(
        new InvalidFile(
          's3://bucket/digits/: expected the path of a folder, or an address with https:, http:, file: or hf:, got one with s3:; download the folder, and give its path',
        ),
      );
  });

  it('reads only the files that it runs', async () => {
    const folder = await exported();
    await edit(folder, (json) => ({
      ...json,
      files: {
        ...Object(json['files']),
        sampler: {
          ...Object(json['files']).decoder,
          file: 'elsewhere.onnx',
          inputs: { noise: [2], digit: [3], size: [1] },
        },
      },
    }));
    await open(folder).then((model) => model.close());
  });

  it('works where the weights are next to the file', async () => {
    const heavy = {
      ...pixels,
      external: true,
      parts: {
        decoder: {
          ...pixels.parts.decoder,
          inputs: { z: [2], digit: [3], size: [1] },
          outputs: { y: [2, 3, 1] },
          write: (onnx, { z, digit, size }) => {
            if (!z || !digit || !size) throw new Error('an input is missing');
            const hidden = dense(onnx, onnx.Concat([z, digit, size], { axis: 1 }), 6, 500);
            return { y: onnx.Reshape(onnx.Sigmoid(dense(onnx, hidden, 500, 6, 0.01)), [-1, 2, 3, 1]) };
          },
        },
      },
    } satisfies Recipe;
    const [beside, inside] = await Promise.all(
      [true, false].map(async (external) => {
        const folder = await mkdtemp(join(root, 'model-'));
        const { files } = await writeModel(folder, { ...heavy, external });
        expect(files.decoder?.external?.bytes ?? 0).toBeGreaterThanOrEqual(external ? 24_000 : 0);
        const model = await open(folder);
        const { data } = await model.sample({ digit: 'one', size: 1 }, { count: 3, seed: 1 });
        await model.close();
        return data;
      }),
    );
    expect(beside).toEqual(inside);
  });
});

describe('a folder that cannot be opened', () => {
  it('is missing, or no export', async () => {
    const nowhere = join(root, 'nowhere');
    await expect(open(nowhere)).rejects.toThrow(
      new InvalidFile(
        `${nowhere}: expected the folder of an exported model, got none with a model.json; export a model into it`,
      ),
    );
    await expect(open(root)).rejects.toThrow('got none with a model.json');
    const file = join(await exported(), 'model.json');
    await expect(open(file)).rejects.toThrow(
      new InvalidFile(`${file}: expected the folder of an exported model, got a file; give its folder`),
    );
  });

  it("is another program's, or from the future", async () => {
    const folder = await exported();
    await writeFile(join(folder, 'model.json'), '{"modelTopology":{},"weightsManifest":[]}');
    await expect(open(folder)).rejects.toThrow(/model\.json: expected a model of format 1, got format nothing/);
    await edit(folder, () => ({ format: 3 }));
    await expect(open(folder)).rejects.toThrow(/a version from the future; update cvae-compile$/);
  });

  it.each(['decoder.onnx', 'prior.onnx', 'baseline.onnx'])('has a %s that is cut, changed or gone', async (file) => {
    const folder = await exported();
    const path = join(folder, file);
    const bytes = await readFile(path);
    const refused = async (message: string) => {
      await expect(open(folder)).rejects.toThrow(InvalidFile);
      await expect(open(folder)).rejects.toThrow(message);
    };
    await writeFile(path, bytes.subarray(0, 100));
    await refused(
      `${path}: expected a file of ${bytes.length} bytes, as model.json says, got 100; export the model again`,
    );
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    await writeFile(path, bytes);
    await refused(`${path}: expected a file of SHA-256 `);
    await rm(path);
    await refused(`${path}: expected a file of ${bytes.length} bytes, as model.json says, got none that can be read`);
  });

  it('has files whose bytes match model.json but are not ONNX', async () => {
    const folder = await exported();
    await replace(folder, 'decoder', new TextEncoder().encode('not a model'));
    await expect(open(folder)).rejects.toThrow(InvalidFile);
    await expect(open(folder)).rejects.toThrow(
      /decoder\.onnx: expected a file that onnxruntime loads, got ".*[Pp]rotobuf.*"; export the model again$/,
    );
  });

  it('has files whose inputs or outputs are not those that model.json lists', async () => {
    const folder = await exported();
    await replace(folder, 'decoder', await readFile(join(folder, 'prior.onnx')));
    await expect(open(folder)).rejects.toThrow(
      /decoder\.onnx: expected the inputs z, digit, size, got digit; export the model again$/,
    );
    const other = await exported();
    await edit(other, (json) => {
      const { prior, ...files } = Object(json['files']);
      return { ...json, files: { ...files, prior: { ...prior, outputs: { ...prior.outputs, deviation: [2] } } } };
    });
    await expect(open(other)).rejects.toThrow(
      /prior\.onnx: expected the outputs mean, logVar, deviation, got mean, logVar; export the model again$/,
    );
  });
});

describe('an address', () => {
  it.each([undefined, null, 3, {}])('that is not one is refused in words: %s', async (address) => {
    // Types forbid this, but JavaScript does not.
    const failed = open(address as unknown as string);
    await expect(failed).rejects.toThrow(InvalidFile);
    await expect(failed).rejects.toThrow(/^open: expected the path of a folder, or its URL, got .*; give one$/);
    await expect(trainer(address as unknown as string)).rejects.toThrow(/^open: expected the path of a folder/);
  });

  it('takes nothing but an object as options', async () => {
    await expect(open('x', null as never)).rejects.toThrow(/^options: expected an object with backend, .*, got null; /);
  });
});

describe('without onnxruntime-node', () => {
  /** What opening an export prints from a copy of the runtime that is alone in a folder, but for `modules`, or what `then` prints. */
  const alone = async (
    modules: Readonly<Record<string, string>>,
    then = 'await open(process.argv[1]).catch((e) => console.log(String(e)))',
  ): Promise<string> => {
    const folder = await mkdtemp(join(root, 'alone-'));
    const dist = fileURLToPath(new URL('../../dist/', import.meta.url));
    for (const path of [
      'runtime',
      'shape',
      'values',
      'distance.js',
      'errors.js',
      'distributions',
      'formats',
      'exchange.js',
      'onnxruntime.js',
      'random.js',
      'signature.js',
    ])
      await cp(join(dist, path), join(folder, path), { recursive: true });
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    for (const [name, text] of Object.entries(modules)) {
      await mkdir(join(folder, 'node_modules', name), { recursive: true });
      await writeFile(join(folder, 'node_modules', name, 'index.js'), text);
      await writeFile(
        join(folder, 'node_modules', name, 'package.json'),
        '{"type":"module","exports":{".":"./index.js","./wasm":"./index.js"}}',
      );
    }
    const script = `import { open } from './runtime/node.js'; ${then}`;
    const args = ['--input-type=module', '--eval', script, await exported()];
    return (await promisify(execFile)(process.execPath, args, { cwd: folder })).stdout.trim();
  };

  it('says what to install', async () => {
    expect(await alone({})).toBe(
      'Unavailable: runtime: onnxruntime-node is not installed; npm install onnxruntime-node',
    );
  });

  it('takes WASM in its place where onnxruntime-web is installed, and says why', async () => {
    const web = createRequire(import.meta.url).resolve('onnxruntime-web/wasm');
    const shim = `export * from '${pathToFileURL(join(dirname(web), 'ort.wasm.bundle.min.mjs')).href}'`;
    const show = 'console.log(JSON.stringify([m.backend, (await m.mean({ digit: "one", size: 1 })).data.length]))';
    const text = await alone({ 'onnxruntime-web': shim }, `const m = await open(process.argv[1]); ${show}`);
    expect(JSON.parse(text)).toEqual([
      {
        name: 'wasm',
        threads: 1,
        reason: 'runtime: onnxruntime-node is not installed; npm install onnxruntime-node',
      },
      6,
    ]);
  });

  it('that loads says why', async () => {
    const broken = 'throw new Error("libonnxruntime.so.1: cannot open shared object file")';
    expect(await alone({ 'onnxruntime-node': broken })).toBe(
      `Unavailable: runtime: expected onnxruntime-node to load on ${process.platform} ${process.arch}, ` +
        'got "libonnxruntime.so.1: cannot open shared object file"; see cvae-compile doctor',
    );
  });
});

describe('backends in Node', () => {
  const y = async (folder: string, options: OpenOptions) => {
    const model = await open(folder, options);
    const { data } = await model.sample({ digit: 'two', size: 0.5 }, { count: 3, seed: 1 });
    await model.close();
    return { data: [...data], backend: model.backend };
  };

  it('are onnxruntime-node, or WASM on request, which gives the same within 1e-5', async () => {
    const folder = await exported();
    const [native, wasm] = [await y(folder, { threads: 2 }), await y(folder, { backend: 'wasm' })];
    expect([native.backend, wasm.backend]).toEqual([
      { name: 'cpu', threads: 2 },
      { name: 'wasm', threads: 1 },
    ]);
    for (const [i, value] of native.data.entries()) expect(Math.abs(value - (wasm.data[i] ?? NaN))).toBeLessThan(1e-5);
  });

  it('have options that are checked', async () => {
    const folder = await exported();
    await expect(open(folder, JSON.parse('{"backend":"gpu"}'))).rejects.toThrow(
      /^backend: expected auto, wasm or webgpu, got "?gpu/,
    );
    await expect(open(folder, { threads: 0 })).rejects.toThrow(/^threads: expected a whole number from 1, got 0; /);
    await expect(open(folder, JSON.parse('{"proxy":true}'))).rejects.toThrow(/^proxy: expected one of the options /);
  });

  it('are informed of progress, and stop where a signal says so', async () => {
    const folder = await exported();
    const files: string[] = [];
    const model = await open(folder, { onProgress: ({ file }) => files.push(file) });
    await model.close();
    expect(files).toEqual(['decoder.onnx', 'prior.onnx', 'baseline.onnx']);
    await expect(open(folder, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
  });
});

describe('a self-test', () => {
  /** The model `pixels` whose baseline carries an example: the outputs of a model that is opened first, times `factor`. */
  const tested = async (factor: number) => {
    const plain = await open(await exported());
    const { data } = await plain.baseline({ digit: 'one', size: 0.25 });
    await plain.close();
    const example = { inputs: { size: [0.25] }, outputs: { y: Array.from(data, (value) => value * factor) } };
    const folder = await mkdtemp(join(root, 'model-'));
    await writeModel(folder, pixels, { baseline: example });
    const model = await open(folder);
    const test = await model.selfTest();
    await model.close();
    return test;
  };

  it('passes where outputs are as they were at export', async () => {
    const test = await tested(1);
    expect(test).toMatchObject({ passed: true, tolerance: 1e-5 });
    expect(Object.keys(test.parts)).toEqual(['baseline']);
  });

  it('fails where they are not', async () => {
    const { passed, largest } = await tested(1.001);
    expect(passed).toBe(false);
    expect(largest).toBeGreaterThan(1e-5);
  });

  it('is refused by files that carry no example', async () => {
    const model = await open(await exported());
    await expect(model.selfTest()).rejects.toThrow(
      new Unavailable(
        'pixels: expected files that carry an example, got none, as after opening it with other weights; open it without those, or export it again',
      ),
    );
    await model.close();
  });
});

/** Puts other bytes in the place of a part's file, and their length and hash into `model.json`. */
const replace = async (folder: string, part: string, bytes: Uint8Array): Promise<void> => {
  await writeFile(join(folder, `${part}.onnx`), bytes);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  await edit(folder, (json) => {
    const files = Object(json['files']);
    return { ...json, files: { ...files, [part]: { ...files[part], bytes: bytes.length, sha256 } } };
  });
};
