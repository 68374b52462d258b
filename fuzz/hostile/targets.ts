// What reads files: each target has files that are right, and a way to read them.
import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { csv } from '../../src/data/csv.ts';
import { idxFolder } from '../../src/data/idx-folder.ts';
import { encodeIdx } from '../../src/data/idx.ts';
import { imageFolder } from '../../src/data/image-folder.ts';
import { toDataset } from '../../src/data/convert.ts';
import { bernoulli, categorical, continuous, image, normal } from '../../src/index.ts';
import { check } from '../../src/onnx/check.ts';
import { decode } from '../../src/onnx/decode.ts';
import { evaluate } from '../../src/onnx/evaluate.ts';
import type { OnnxModel } from '../../src/onnx/graph.ts';
import { parse } from '../../src/onnx/parse.ts';
import { print } from '../../src/onnx/print.ts';
import { tensorOf } from '../../src/onnx/tensor.ts';
import { open, trainer } from '../../src/runtime/node.ts';
import { size } from '../../src/shape/size.ts';
import { siteOf } from '../../src/site/site.ts';
import { checkpointsIn } from '../../src/run/checkpoint.ts';
import { loadWeights } from '../../src/weights/file.ts';
import type { Choices } from '../choices.ts';
import { mutate, type Kind } from './mutate.ts';
import { command } from './terminal.ts';

/** Something that reads files of a folder. */
export interface Target {
  readonly name: string;
  /** The files that may be changed, and what kind each is of. */
  readonly files: (folder: string) => Promise<readonly (readonly [file: string, kind: Kind])[]>;
  /** The path of the intact folder below the folder of all targets. */
  readonly from: string;
  readonly read: (folder: string) => Promise<unknown>;
  /** Repairs what would stop the reader before it gets to what was changed. */
  readonly repair?: (folder: string, file: string) => Promise<void>;
}

const matching =
  (pattern: RegExp, kind: Kind): Target['files'] =>
  async (folder) =>
    (await readdir(folder, { recursive: true, encoding: 'utf8' }))
      .filter((file) => pattern.test(file))
      .sort()
      .map((file) => [file, kind] as const);

/** The manifest with the lengths and checksums of the files that are there, as an attacker would write it. */
const resealed = async (folder: string, file: string): Promise<void> => {
  if (file === 'model.json') return;
  const path = join(folder, 'model.json');
  const bytes = await readFile(join(folder, file));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const fix = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map(fix);
    const entries = Object.entries(value).map(([key, inner]) => [key, fix(inner)] as const);
    const isIt = entries.some(([key, inner]) => key === 'file' && inner === file);
    return { ...Object.fromEntries(entries), ...(isIt && { bytes: bytes.length, sha256 }) };
  };
  await writeFile(path, JSON.stringify(fix(JSON.parse(await readFile(path, 'utf8')))));
};

/** What a graph gives for zeros, two rows of each input. */
const computed = ({ graph }: OnnxModel): void => {
  const inputs = graph.inputs.map(({ name, dtype, shape }) => {
    const dims = shape.map((n) => (typeof n === 'number' ? n : 2));
    const length = size(dims);
    // No more than a model of this kind takes, even if the file declares more.
    return [name, tensorOf(dtype, dims, new Float32Array(Math.min(length, 1e5)))] as const;
  });
  evaluate(graph, Object.fromEntries(inputs));
};

const sampled = async (folder: string): Promise<void> => {
  const model = await open(folder);
  try {
    await model.selfTest();
    // Whatever conditions it takes, leaving them out is refused.
    await model.sample({ kind: 0 }, { count: 2, seed: 1 });
  } finally {
    await model.close();
  }
};

export const TARGETS: readonly [Target, ...Target[]] = [
  {
    name: 'an ONNX file, in the reference',
    from: 'export',
    files: matching(/\.onnx$/, 'bytes'),
    read: async (folder) => {
      for (const [file] of await matching(/\.onnx$/, 'bytes')(folder)) {
        const model = decode(await readFile(join(folder, file)), { file });
        check(model);
        computed(model);
        print(model);
      }
    },
  },
  { name: 'ONNX files, opened', from: 'export', files: matching(/\.onnx$/, 'bytes'), repair: resealed, read: sampled },
  {
    name: 'an ONNX file, verified',
    from: 'export',
    files: matching(/\.onnx$/, 'bytes'),
    repair: resealed,
    read: (folder) => command('verify', folder),
  },
  {
    name: 'ONNX text',
    from: 'texts',
    files: matching(/\.txt$/, 'text'),
    read: async (folder) => {
      const model = parse(await readFile(join(folder, 'model.txt'), 'utf8'));
      check(model);
      computed(model);
    },
  },
  { name: 'model.json, opened', from: 'export', files: matching(/^model\.json$/, 'json'), read: sampled },
  {
    name: 'model.json, by commands',
    from: 'export',
    files: matching(/^model\.json$/, 'json'),
    read: async (folder) => {
      await command('inspect', folder);
      await command('sample', folder, '--set', 'kind=all', '--out', join(folder, 'samples.csv'));
      await command('verify', folder);
    },
  },
  {
    name: 'model.json and examples, as a site',
    from: 'export',
    files: matching(/^(model|examples)\.json$/, 'json'),
    repair: resealed,
    read: async (folder) => {
      for (const source of (await siteOf(folder)).values()) if ('make' in source) await source.make();
    },
  },
  {
    name: 'a trainer',
    from: 'training',
    files: async (folder) => [
      ...(await matching(/^model\.json$/, 'json')(folder)),
      ...(await matching(/^state\.safetensors$/, 'safetensors')(folder)),
      ...(await matching(/^train\.onnx$/, 'bytes')(folder)),
    ],
    repair: resealed,
    read: async (folder) => {
      const one = await trainer(folder, { seed: 1 });
      try {
        await one.step({ kind: [0, 1], y: new Float32Array(32) });
      } finally {
        await one.close();
      }
    },
  },
  {
    name: 'weights',
    from: 'run',
    files: matching(/^weights\.safetensors$/, 'safetensors'),
    read: (folder) => loadWeights(folder),
  },
  {
    name: 'weights, exported',
    from: 'run',
    files: matching(/^weights\.safetensors$/, 'safetensors'),
    read: (folder) =>
      command('export', join(folder, 'definition.ts'), '--weights', folder, '--out', join(folder, 'out')),
  },
  {
    name: 'checkpoints',
    from: 'run',
    files: matching(/^checkpoints\/.*\.safetensors$/, 'safetensors'),
    read: (folder) => checkpointsIn(folder).latest(() => undefined),
  },
  {
    name: 'a run that is gone on with',
    from: 'run',
    files: async (folder) => [
      ...(await matching(/^run\.json$/, 'json')(folder)),
      ...(await matching(/^metrics\.jsonl$/, 'lines')(folder)),
      ...(await matching(/^checkpoints\/.*\.safetensors$/, 'safetensors')(folder)),
    ],
    read: (folder) => command('train', join(folder, 'definition.ts'), '--out', folder, '--resume', '--no-report'),
  },
  {
    name: 'a report',
    from: 'run',
    files: async (folder) => [
      ...(await matching(/^(run\.json|looks\/.*\.json)$/, 'json')(folder)),
      ...(await matching(/^metrics\.jsonl$/, 'lines')(folder)),
      ...(await matching(/^looks\/.*\.png$/, 'png')(folder)),
    ],
    read: (folder) => command('report', folder),
  },
  {
    name: 'CSV',
    from: 'tables',
    files: matching(/\.csv$/, 'text'),
    read: async (folder) => {
      const options = { condition: { city: 'categorical', size: 'continuous' }, target: ['rain', 'wind'] } as const;
      const data = await csv(join(folder, 'weather.csv'), options);
      await toDataset(data, { city: categorical(3), size: continuous(1), y: normal(2) });
    },
  },
  {
    name: 'IDX',
    from: 'idx',
    files: async (folder) => [
      ...(await matching(/ubyte$/, 'bytes')(folder)),
      ...(await matching(/ubyte\.gz$/, 'gzip')(folder)),
    ],
    read: async (folder) => {
      await toDataset(await idxFolder(folder), { label: categorical(3), y: bernoulli(4, 3, 1) });
    },
  },
  {
    name: 'pictures',
    from: 'pictures',
    files: async (folder) => [
      ...(await matching(/\.png$/, 'png')(folder)),
      ...(await matching(/\.(jpe?g|webp)$/, 'bytes')(folder)),
    ],
    read: async (folder) => {
      await toDataset(await imageFolder(folder), { label: categorical(2), y: image(4, 5, 3) });
    },
  },
];

/** Changes a file of a target's folder; gives its name. */
export const spoil = async (target: Target, folder: string, choices: Choices): Promise<string> => {
  const files = await target.files(folder);
  const [file, kind] = files[choices.below(files.length)] ?? [];
  if (file === undefined || kind === undefined) throw new Error(`${target.name}: no file to change`);
  const path = join(folder, file);
  await writeFile(path, mutate(await readFile(path), kind, choices));
  if (choices.below(2) === 0) await target.repair?.(folder, file);
  return file;
};

/** The folders that targets are made of, intact. */
export async function prepare(place: string, { onnx, definition, pictures }: Material): Promise<void> {
  const at = (...names: readonly string[]): string => join(place, ...names);
  await writeFile(at('definition.ts'), definition);
  await command(
    'train',
    at('definition.ts'),
    '--out',
    at('run'),
    '--engine',
    'onnx',
    '--epochs',
    '2',
    '--batch',
    '16',
    '--checkpoint-steps',
    '3',
  );
  const exported = (to: string, ...more: readonly string[]) =>
    command('export', at('definition.ts'), '--weights', at('run'), '--out', at(to), ...more);
  await exported('export', '--recognition', '--sampler', '--evaluation', '2');
  await exported('training', '--training');
  await writeFile(at('run', 'definition.ts'), definition);
  for (const name of ['texts', 'tables', 'idx', 'pictures/a', 'pictures/b']) await mkdir(at(name), { recursive: true });
  await writeFile(
    at('texts', 'model.txt'),
    print(decode(await readFile(at('export', onnx)), { file: onnx }), { most: 1000 }),
  );
  const lines = Array.from(
    { length: 12 },
    (_, i) => `${['Bonn', 'Rom', 'Oslo'][i % 3]},${i * 7.5},${i / 3},"${i % 5}"`,
  );
  await writeFile(at('tables', 'weather.csv'), `city,size,rain,wind\n${lines.join('\n')}\n`);
  const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * 37) % 256);
  await writeFile(at('idx', 'train-images-idx3-ubyte'), encodeIdx([6, 4, 3], bytes(72)));
  await writeFile(
    at('idx', 'train-labels-idx1-ubyte.gz'),
    gzipSync(
      encodeIdx(
        [6],
        bytes(6).map((b) => b % 3),
      ),
    ),
  );
  for (const [name, picture] of Object.entries(pictures)) await writeFile(at('pictures', name), picture);
}

/** What folders are made of. */
export interface Material {
  /** The exported file that is printed as text. */
  readonly onnx: string;
  readonly definition: string;
  readonly pictures: Readonly<Record<string, Uint8Array>>;
}

/** A copy of a target's folder to spoil. */
export const copied = async (target: Target, place: string, to: string): Promise<void> => {
  await cp(join(place, target.from), to, { recursive: true });
};
