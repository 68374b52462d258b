import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { bernoulli, categorical, concat, cvae, dense, gaussian } from 'cvae-compile';
import { train } from 'cvae-compile/train';
import { filesIn } from '../../src/export/previous-export.ts';
import { write } from '../../src/export/write.ts';
import { lock } from '../../src/files/lock.ts';
import { readDerivation } from '../../src/formats/derivation.ts';
import { readLabel } from '../../src/runtime/label.ts';
import { withMetadata, withoutMetadata } from '../../src/runtime/metadata.ts';
import { open, readManifest, trainer } from '../../src/runtime/node.ts';
import { readState } from '../../src/runtime/state.ts';
import { EXAMPLE_KEY, LABEL_KEY, type Manifest } from '../../src/signature.ts';
import { siteOf } from '../../src/site/site.ts';
import { writeSite } from '../../src/site/write.ts';
import { decodeCheckpoint, encodeCheckpoint } from '../../src/run/checkpoint.ts';
import type { Checkpoint } from '../../src/train/checkpoint.ts';
import { exportTraining } from '../../src/export/training.ts';
import { loadWeights } from '../../src/weights/file.ts';
import { sha256 } from '../../src/weights/fingerprint.ts';
import { namesIn } from '../../src/weights/names.ts';
import { decodeSafetensors, encodeSafetensors } from '../../src/weights/safetensors.ts';
import { temporary } from '../cli/support/cli.ts';
import { mutants, survived } from './mutants.ts';
import { IS_LONG, chosen } from '../support/chosen.ts';

const model = cvae({
  condition: { kind: categorical('left', 'right') },
  target: bernoulli(4),
  latent: 2,
  prior: ({ kind }) => kind.pipe(gaussian(2)),
  recognition: ({ y, kind }) => concat(y, kind).pipe(gaussian(2)),
  decoder: ({ z, kind }) => concat(z, kind).pipe(dense(4)),
});
const data = Array.from({ length: 24 }, (_, i) => ({
  kind: i % 2 === 0 ? 'left' : 'right',
  y: [i % 2, i % 2, 1 - (i % 2), 0.5],
}));

const folder = temporary();
const exported = join(folder, 'exported');
const manifestFile = join(exported, 'model.json');
let text: string;
let checkpoint: Checkpoint | undefined;
beforeAll(async () => {
  const { weights } = await train(model, data, {
    epochs: 2,
    seed: 1,
    checkpointEvery: { steps: 1 },
    onCheckpoint: async (taken) => void (checkpoint = taken),
  });
  await write(exported, exportTraining(model, weights, { name: 'small' }), async () => undefined);
  text = readFileSync(manifestFile, 'utf8');
});

/** Does something with a file that holds other bytes meanwhile. */
const meanwhile = async (path: string, bytes: string | Uint8Array, run: () => unknown): Promise<void> => {
  const whole = readFileSync(path);
  writeFileSync(path, bytes);
  try {
    await run();
  } finally {
    writeFileSync(path, whole);
  }
};

describe('a damaged model.json', () => {
  const tried = async (run: () => Promise<unknown>, most: number): Promise<ReadonlySet<string>> => {
    const told = new Set<string>();
    for (const mutant of mutants(text, most))
      await meanwhile(manifestFile, mutant.text, async () => {
        const sentence = await survived(mutant.what, run);
        if (sentence !== undefined) told.add(sentence);
      });
    return told;
  };

  it('is read, or refused with its place', async () => {
    const told = await tried(() => readManifest(exported), 80);
    expect(told.size).toBeGreaterThan(50);
    for (const sentence of told) expect(sentence.startsWith(`${manifestFile}: expected `), sentence).toBe(true);
  });

  it('opens and gives samples, or not, in a sentence', async () => {
    await tried(async () => {
      const opened = await open(exported);
      try {
        await opened.sample({ kind: 'left' }, { count: 2, seed: 1, draw: true });
        await opened.mean({ kind: 1 });
        await opened.selfTest();
      } finally {
        await opened.close();
      }
    }, 40);
  });

  it('trains further, or not, in a sentence', async () => {
    await tried(async () => {
      const training = await trainer(exported);
      try {
        await training.step({ kind: ['left', 'right'], y: [0, 1, 0, 1, 1, 0, 1, 0] });
        await training.weights();
      } finally {
        await training.close();
      }
    }, 60);
  });

  it('is served, or not, and what it lists is known to the next export', async () => {
    await tried(() => siteOf(exported), 60);
    await tried(() => filesIn(exported), 60);
  });
});

describe('damaged metadata of an ONNX file', () => {
  const metadata = (manifest: Manifest, key: string): string => {
    const { format, library, name, kind, conditions, target, latent, fingerprint, opset, files } = manifest;
    const { inputs, outputs, unused } = files.decoder ?? { inputs: {}, outputs: {}, unused: [] };
    const signature = { format, library, name, kind, conditions, target, latent, fingerprint, opset };
    return key === LABEL_KEY
      ? JSON.stringify({ ...signature, part: 'decoder', inputs, outputs, unused })
      : JSON.stringify({ inputs: { z: [1, 2], kind: [1, 0] }, outputs: { y: [0, 0, 0, 0] }, digits: 6 });
  };

  it('is reported as such, whoever reads it', async () => {
    const manifest = await readManifest(exported);
    const path = join(exported, 'decoder.onnx');
    const whole = new Uint8Array(readFileSync(path));
    for (const key of [LABEL_KEY, EXAMPLE_KEY])
      for (const mutant of mutants(metadata(manifest, key), IS_LONG ? 40 : 12)) {
        const bytes = withMetadata(withoutMetadata(whole, key, path), key, mutant.text);
        if (key === LABEL_KEY) await survived(mutant.what, () => readLabel(bytes, path));
        const decoder = { ...manifest.files.decoder, bytes: bytes.length, sha256: sha256(bytes) };
        const listed = JSON.stringify({ ...manifest, files: { ...manifest.files, decoder } });
        await meanwhile(path, bytes, () =>
          meanwhile(manifestFile, listed, () =>
            survived(mutant.what, async () => {
              const opened = await open(exported);
              try {
                await opened.selfTest();
              } finally {
                await opened.close();
              }
            }),
          ),
        );
      }
  });
});

describe('damaged weights', () => {
  const arrays = new Map([['a/kernel', { shape: [2, 1], data: Float32Array.of(1, 2) }]]);
  /** A safetensors file with another header. */
  const headed = (header: string): Uint8Array => {
    const json = new TextEncoder().encode(header);
    const bytes = new Uint8Array(8 + json.length + 8);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
    bytes.set(json, 8);
    return bytes;
  };
  const header = JSON.stringify({
    __metadata__: { step: '3', fingerprint: 'f' },
    'a/kernel': { dtype: 'F32', shape: [2, 1], data_offsets: [0, 8] },
  });

  it('with a different header are refused', async () => {
    const path = join(folder, 'w.safetensors');
    for (const { what, text: mutant } of mutants(header)) {
      await survived(what, () => decodeSafetensors(headed(mutant), path));
      await survived(what, () => readState(headed(mutant), path));
      writeFileSync(path, headed(mutant));
      await survived(what, () => loadWeights(path));
    }
  });

  it('whose metadata are damaged are refused, and those of earlier versions are read', async () => {
    const path = join(folder, 'names.safetensors');
    const names = JSON.stringify({ y: { classes: ['a', 'b'], elements: ['x'], units: ['mm'] } });
    for (const { what, text: mutant } of mutants(names)) await survived(what, () => namesIn(path, { names: mutant }));
    expect(namesIn(path, { fingerprint: 'f' })).toEqual({});
    for (const { what, text: mutant } of mutants('["a/kernel"]')) {
      writeFileSync(path, encodeSafetensors(arrays, { auxiliary: mutant }));
      await survived(what, () => loadWeights(path));
    }
  });
});

describe('a damaged checkpoint', () => {
  it('continues, or says in a sentence why not', async () => {
    if (!checkpoint) throw new Error('no checkpoint');
    const path = join(folder, 'checkpoint.safetensors');
    const { weights, metadata } = decodeSafetensors(encodeCheckpoint(checkpoint), path);
    const { 'cvae.sha256': _, 'cvae.sealed': __, ...about } = metadata;
    for (const key of ['checkpoint', 'states'] as const)
      for (const { what, text: mutant } of mutants(about[key] ?? '', 50)) {
        const bytes = encodeSafetensors(weights, { ...about, [key]: mutant });
        await survived(`${key} ${what}`, async () => {
          const resume = decodeCheckpoint(bytes, path);
          await train(model, data, { epochs: 2, seed: 1, resume, onNotice: () => undefined });
        });
      }
  });

  it('that lacks an array, or has it in another shape, is refused by name', async () => {
    if (!checkpoint) throw new Error('no checkpoint');
    const { weights, metadata } = decodeSafetensors(encodeCheckpoint(checkpoint), 'c');
    const { 'cvae.sha256': _, 'cvae.sealed': __, ...about } = metadata;
    for (const name of weights.keys())
      for (const changed of [undefined, { shape: [1], data: Float32Array.of(1) }]) {
        const others = new Map(weights);
        others.delete(name);
        if (changed) others.set(name, changed);
        const sentence = await survived(name, async () => {
          const resume = decodeCheckpoint(encodeSafetensors(others, about), 'c');
          await train(model, data, { epochs: 3, seed: 1, resume, onNotice: () => undefined });
        });
        expect(sentence, name).toContain(name.split('/').slice(-2).join('/'));
      }
  });
});

describe('what is next to the files', () => {
  it('a damaged lock is taken over or respected, and a site with a damaged table is not overwritten', async () => {
    const path = join(folder, '.lock');
    const holder = { pid: 1, host: 'h', machine: 'm', system: 's', started: '', token: 't', since: '2020', doing: 'x' };
    for (const { what, text: mutant } of chosen('damaged locks', mutants(JSON.stringify(holder), 2).slice(0, 4), 1)) {
      writeFileSync(path, mutant);
      await survived(what, async () => (await lock(path, folder, 'a test')).release());
    }
    const site = join(folder, 'site');
    const table = { kind: 'cvae-compile site', format: 1, library: 'l', model: 'm', files: [] };
    const whole = JSON.stringify({ ...table, files: [{ file: 'a.txt', bytes: 1, sha256: 'a'.repeat(64) }] });
    for (const { what, text: mutant } of mutants(whole)) {
      mkdirSync(site, { recursive: true });
      writeFileSync(join(site, 'site.json'), mutant);
      writeFileSync(join(site, 'theirs.txt'), 'a');
      expect(await survived(what, () => writeSite(site, new Map())), what).toBeDefined();
    }
  }, 120_000);

  it('an expression of parameters is one that can be computed, or refused', async () => {
    const from = {
      op: 'gather',
      axis: 0,
      places: [{ start: 0, lengths: [2], steps: [1] }],
      of: {
        op: 'add',
        of: { op: 'parameter', name: 'a', shape: [2] },
        by: { op: 'constant', values: [1], shape: [1] },
      },
    };
    const refuse = (expected: string, got: string): never => {
      throw new TypeError(`expected ${expected}, got ${got}`);
    };
    for (const { what, text: mutant } of mutants(JSON.stringify(from), 200)) {
      let parsed: unknown;
      try {
        parsed = JSON.parse(mutant);
      } catch {
        continue;
      }
      try {
        readDerivation([2], parsed, 'from', refuse);
      } catch (error) {
        expect(String(error), what).toMatch(/^TypeError: expected [^\n]+, got [^\n]+$/);
      }
    }
  });
});
