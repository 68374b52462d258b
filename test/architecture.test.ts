import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const SRC = fileURLToPath(new URL('../src', import.meta.url));
const ROOT = join(SRC, '..');

/** Which parts of the house each part may load. Type-only imports may cross, since nothing is loaded by them. */
const MAY: Readonly<Record<string, readonly string[]>> = {
  distance: [],
  exchange: [],
  errors: [],
  random: [],
  files: ['errors', 'formats'],
  version: [],
  onnxruntime: [],
  values: [],
  signature: [],
  formats: ['distributions/data', 'errors', 'exchange', 'signature'],
  'distributions/data': ['values'],
  distributions: ['distributions/data', 'layers', 'dsl', 'graph', 'shape', 'values', 'errors'],
  shape: [],
  graph: ['onnx', 'shape', 'random', 'errors'],
  dsl: ['graph', 'shape', 'values', 'errors'],
  layers: ['distributions/data', 'dsl', 'graph', 'shape', 'values', 'errors'],
  onnx: ['errors'],
  weights: ['errors', 'files', 'formats'],
  data: ['distributions/data', 'values', 'errors', 'random', 'files'],
  compiler: [
    'distributions/data',
    'formats',
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
    'distributions/data',
    'formats',
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
  runtime: [
    'distributions/data',
    'formats',
    'distance',
    'exchange',
    'signature',
    'values',
    'random',
    'errors',
    'onnxruntime',
  ],
  report: [
    'distributions/data',
    'formats',
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
  package: ['distributions/data', 'runtime', 'signature', 'values', 'errors'],
  site: ['formats', 'runtime', 'signature', 'files', 'errors', 'version'],
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
  index: ['distributions', 'dsl', 'layers', 'graph', 'shape', 'errors'],
  cli: ['*'],
};

/** Libraries that a part may load; none where it is not listed. */
const LIBRARIES: Readonly<Record<string, readonly string[]>> = {
  formats: ['valibot'],
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

/** The part that a file belongs to: the innermost folder, or the file, that the table has. */
function part(path: string): string {
  const folders = path.replaceAll('\\', '/').replace(/\.ts$/, '').split('/');
  const found = folders.map((_, i) => folders.slice(0, i + 1).join('/')).findLast((name) => name in MAY);
  return found ?? folders[0] ?? '';
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
    const rows = [...page.matchAll(/^\| `([\w/]+?)(?:\/|\.ts)` \|.*\| ([^|]+) \|$/gm)].map(
      ([, folder = '', may = '']) => [
        folder,
        may === 'all' ? ['*'] : [...may.matchAll(/`([\w/]+)`/g)].map(([, name = '']) => name).sort(),
      ],
    );
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
    // What a signature says, and what there is to know of a likelihood's values: plain data and functions.
    const plain = [
      join('..', '..', 'src', 'signature.ts'),
      join('..', '..', 'src', 'distributions', 'data'),
      join('..', '..', 'src', 'values'),
    ];
    expect(outside.filter(({ inner }) => !plain.some((place) => inner.startsWith(place)))).toEqual([]);
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

/** What git keeps, or would keep: paths from the repository's root. */
const kept = (): readonly string[] => {
  const words = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const { status, stdout, stderr } = spawnSync('git', words, { cwd: ROOT, encoding: 'utf8', maxBuffer: 2 ** 24 });
  expect(status, stderr).toBe(0);
  return stdout.split('\0').filter((path) => path !== '' && existsSync(join(ROOT, path)));
};

describe('research', () => {
  const code = (path: string): boolean => /\.(tsx?|m?js)$/.test(path);
  const loaded = (path: string): readonly string[] =>
    [...readFileSync(join(ROOT, path), 'utf8').matchAll(/(?:\bfrom |\bimport |\bimport\()'([^']+)'/g)].map(
      ([, to = '']) => (to.startsWith('.') ? posix.join(posix.dirname(path), to) : to),
    );

  it("stands on the package's doors and libraries, as a user's project does", () => {
    const files = kept().filter((path) => path.startsWith('research/') && code(path));
    expect(files.length).toBeGreaterThan(10);
    const inner = files.flatMap((file) => loaded(file).map((to) => ({ file, to })));
    expect(inner.length).toBeGreaterThan(30);
    expect(inner.filter(({ to }) => /^(src|test|examples|bench|playground|dist|\.\.)\//.test(to))).toEqual([]);
  });

  it('is loaded by tests and bench/ alone', () => {
    const files = kept().filter((path) => code(path) && !/^(research|test|bench)\//.test(path));
    const found = files.flatMap((file) => loaded(file).filter((to) => to.startsWith('research/')));
    expect(found).toEqual([]);
  });
});

describe('the house', () => {
  // Some file systems and archives take 255 bytes, of which a folder to put the repository into needs its own.
  it('has no path of 100 characters or more', () => {
    const paths = kept();
    expect(paths).toContain('package.json');
    expect(paths.filter((path) => path.length >= 100)).toEqual([]);
  });

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
