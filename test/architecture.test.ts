import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const SRC = fileURLToPath(new URL('../src', import.meta.url));

/** Which parts of the house each part may load. Type-only imports may cross, since nothing is loaded by them. */
const MAY: Readonly<Record<string, readonly string[]>> = {
  distance: [],
  exchange: [],
  errors: [],
  random: [],
  files: ['errors'],
  version: [],
  onnxruntime: [],
  values: [],
  signature: ['errors'],
  shape: [],
  graph: ['onnx', 'shape', 'random', 'errors'],
  dsl: ['graph', 'shape', 'errors'],
  layers: ['dsl', 'graph', 'shape', 'errors'],
  onnx: ['errors'],
  weights: ['errors', 'files'],
  data: ['values', 'errors', 'random', 'files'],
  compiler: [
    'distance',
    'exchange',
    'version',
    'files',
    'graph',
    'onnx',
    'weights',
    'signature',
    'shape',
    'errors',
    'layers',
    'dsl',
    'random',
  ],
  train: [
    'values',
    'version',
    'onnxruntime',
    'files',
    'signature',
    'graph',
    'layers',
    'dsl',
    'weights',
    'random',
    'data',
    'compiler',
    'onnx',
    'shape',
    'errors',
  ],
  runtime: ['distance', 'exchange', 'signature', 'values', 'random', 'errors', 'onnxruntime'],
  report: [
    'values',
    'version',
    'signature',
    'files',
    'layers',
    'weights',
    'random',
    'data',
    'compiler',
    'runtime',
    'train',
    'shape',
    'errors',
  ],
  package: ['runtime', 'signature', 'values', 'errors'],
  site: ['runtime', 'signature', 'files', 'errors', 'version'],
  testing: [
    'train',
    'compiler',
    'layers',
    'dsl',
    'graph',
    'onnx',
    'shape',
    'weights',
    'random',
    'errors',
    'onnxruntime',
  ],
  index: ['dsl', 'layers', 'graph', 'shape', 'errors'],
  cli: ['*'],
};

/** Libraries that a part may load; none where it is not listed. */
const LIBRARIES: Readonly<Record<string, readonly string[]>> = {
  onnx: ['protobufjs'],
  data: ['csv-parse', 'fast-png', 'sharp', 'undici', 'env-paths', 'cli-progress'],
  onnxruntime: ['onnxruntime-node'],
  train: ['jiti', '@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-cpu', '@tensorflow/tfjs-node'],
  runtime: ['onnxruntime-web'],
  site: ['send'],
  report: ['@observablehq/plot', 'linkedom', 'fast-png'],
  cli: ['*'],
};

interface Import {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const sources = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter(
  (f) => f.endsWith('.ts') && !f.endsWith('.d.ts'),
);

/** The imports of all sources that load something at run time. */
const imports: readonly Import[] = sources.flatMap((file) => {
  const text = readFileSync(join(SRC, file), 'utf8').replace(/^\s*(\/\/|\*).*$/gm, '');
  const statements = text.matchAll(
    /^(?:import|export)\s+(?!type\b)([^'";]*?\bfrom\s+)?'([^']+)'|import\('([^']+)'\)/gm,
  );
  return [...statements].flatMap(([, names = '', from, dynamic]) => {
    const to = from ?? dynamic ?? '';
    // `import { type A, type B }` loads nothing either.
    const listed = /\{([^}]*)\}/
      .exec(names)?.[1]
      ?.split(',')
      .filter((n) => n.trim() !== '');
    return listed && listed.length > 0 && listed.every((n) => n.trim().startsWith('type '))
      ? []
      : [{ file, from: part(file), to }];
  });
});

function part(path: string): string {
  return path.split(/[\\/]/)[0]?.replace(/\.ts$/, '') ?? '';
}

describe('who may import whom', () => {
  it('holds for every import within src', () => {
    const wrong = imports.flatMap(({ file, from, to }) => {
      if (!to.startsWith('.')) return [];
      const target = part(relative(SRC, join(SRC, dirname(file), to)));
      const allowed = MAY[from] ?? [];
      return target === from || allowed.includes('*') || allowed.includes(target) ? [] : [`${file} → ${to}`];
    });
    expect(wrong).toEqual([]);
  });

  it('is what docs/architecture.md says of each folder', () => {
    const page = readFileSync(join(SRC, '..', 'docs', 'architecture.md'), 'utf8');
    const rows = [...page.matchAll(/^\| `(\w+)(?:\/|\.ts)` \|.*\| ([^|]+) \|$/gm)].map(([, folder = '', may = '']) => [
      folder,
      may === 'all' ? ['*'] : [...may.matchAll(/`(\w+)`/g)].map(([, name = '']) => name).sort(),
    ]);
    const held = Object.entries(MAY).map(([folder, may]) => [folder, may.toSorted()]);
    expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(held));
  });

  // cli/load.ts hands a definition the package's doors: it stands outside them, as a user's project does.
  it('keeps doors at the edge: nothing inside imports an index.ts', () => {
    const wrong = imports.filter(
      ({ file, to }) => to.endsWith('/index.ts') && !file.endsWith('index.ts') && file !== join('cli', 'load.ts'),
    );
    expect(wrong.map(({ file, to }) => `${file} → ${to}`)).toEqual([]);
  });

  it('lets each part load only its own libraries', () => {
    const wrong = imports.flatMap(({ file, from, to }) => {
      if (to.startsWith('.') || to.startsWith('node:')) return [];
      const allowed = LIBRARIES[from] ?? [];
      return allowed.includes('*') || allowed.some((l) => to === l || to.startsWith(`${l}/`))
        ? []
        : [`${file} → ${to}`];
    });
    expect(wrong).toEqual([]);
  });

  it('finds imports at all, and a source that belongs to no part is noticed', () => {
    expect(imports.length).toBeGreaterThan(100);
    expect(sources.map(part).filter((p) => !(p in MAY))).toEqual([]);
  });
});

describe('the playground', () => {
  const PAGE = fileURLToPath(new URL('../playground/src', import.meta.url));
  const files = readdirSync(PAGE, { recursive: true, encoding: 'utf8' }).filter((file) => /\.tsx?$/.test(file));

  it("talks to models through the runtime's door alone, and loads nothing else of ours", () => {
    const found = files.flatMap((file) =>
      [...readFileSync(join(PAGE, file), 'utf8').matchAll(/^(?:import|export)\s[^'";]*?from '([^']+)'/gms)].map(
        ([, to = '']) => ({ file, to, inner: relative(PAGE, join(PAGE, dirname(file), to)) }),
      ),
    );
    expect(found.length).toBeGreaterThan(100);
    const outside = found.filter(({ to, inner }) => to.startsWith('.') && inner.startsWith('..'));
    expect(outside.filter(({ inner }) => inner !== join('..', '..', 'src', 'signature.ts'))).toEqual([]);
    const libraries = found
      .filter(({ to }) => !to.startsWith('.'))
      .map(({ to }) => to.replace(/^((@[^/]+\/)?[^/]+).*/, '$1'));
    expect([...new Set(libraries)].sort()).toEqual(['@preact/signals', 'cvae-compile', 'preact']);
  });

  it('has no file over 300 lines', () => {
    const long = files.filter((file) => readFileSync(join(PAGE, file), 'utf8').split('\n').length > 301);
    expect(long).toEqual([]);
  });
});

describe('the fuzzer', () => {
  const FUZZ = fileURLToPath(new URL('../fuzz', import.meta.url));
  const textOf = (folder: string, file: string): string => readFileSync(join(folder, file), 'utf8');
  const files = readdirSync(FUZZ, { recursive: true, encoding: 'utf8' }).filter((file) => /\.(ts|mjs)$/.test(file));
  const loaded = (file: string): readonly string[] =>
    [...textOf(FUZZ, file).matchAll(/(?:from|import\()\s*'([^']+)'/g)].map(([, to = '']) => to);

  it('has a judge that shares nothing with what it judges', () => {
    const judge = files.filter((file) => part(file) === 'judge');
    expect(judge.length).toBeGreaterThan(8);
    const outside = judge.flatMap((file) => loaded(file).filter((to) => !to.startsWith('./')));
    expect([...new Set(outside)]).toEqual(['esbuild']);
  });

  it('is loaded by nobody', () => {
    for (const folder of ['src', 'bench', 'examples', 'playground/src'].map((name) => join(FUZZ, '..', name))) {
      const own = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => /\.tsx?$/.test(file));
      expect(own.filter((file) => /'[^']*\/fuzz\//.test(textOf(folder, file)))).toEqual([]);
    }
  });

  it('has no file over 300 lines', () => {
    expect(files.filter((file) => textOf(FUZZ, file).split('\n').length > 301)).toEqual([]);
  });
});

describe('the house', () => {
  it('has no file over 300 lines, generated ones aside', () => {
    const long = sources.filter(
      (f) => !f.includes('proto') && readFileSync(join(SRC, f), 'utf8').split('\n').length > 301,
    );
    expect(long).toEqual([]);
  });

  it('has one `any`, in graph/op.ts', () => {
    const found = sources.filter((f) =>
      /(\bas any\b|: any\b|<any\b|\bany>|, any\b)/.test(readFileSync(join(SRC, f), 'utf8').replace(/\/\/.*|\*.*/g, '')),
    );
    expect(found).toEqual([join('graph', 'op.ts')]);
  });

  it('says the version that package.json says', async () => {
    const { LIBRARY } = await import('../src/version.ts');
    expect(JSON.parse(readFileSync(join(SRC, '..', 'package.json'), 'utf8'))).toMatchObject(LIBRARY);
  });

  it('writes no random operator: none is in the table that every graph is written from', async () => {
    const { OPERATORS } = await import('../src/onnx/schema.ts');
    expect(Object.keys(OPERATORS).filter((op) => /random|bernoulli|multinomial/i.test(op))).toEqual([]);
  });
});
