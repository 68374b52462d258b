import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import { beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SRC = join(ROOT, 'src');

/** The parts of src/ that a part may load, and those of which it may only use types. */
interface May {
  readonly load: readonly string[];
  readonly types: readonly string[];
}

/** The table in docs/architecture.md: a row for each folder and each file at the top of `src/`. */
const MAY: ReadonlyMap<string, May> = new Map(
  [
    ...readFileSync(join(ROOT, 'docs', 'architecture.md'), 'utf8').matchAll(
      /^\| `([\w/]+?)(?:\/|\.ts)` \|.*\| ([^|]+) \|$/gm,
    ),
  ].map(([, part = '', may = '']) => {
    const [load = '', types = ''] = may.split('types of');
    const names = (text: string) => [...text.matchAll(/`([\w/]+)`/g)].map(([, name = '']) => name);
    return [part, { load: may === 'all' ? ['*'] : names(load), types: names(types) }];
  }),
);

/** Libraries that a part may load; none where it is not listed. */
const LIBRARIES: Readonly<Record<string, readonly string[]>> = {
  formats: ['valibot'],
  onnx: ['protobufjs'],
  making: ['csv-parse'],
  training: ['protobufjs'],
  data: [
    '@streamparser/json',
    'csv-parse',
    'fflate',
    'fast-png',
    'fflate',
    'hyparquet',
    'hyparquet-compressors',
    'apache-arrow',
    'sharp',
    'undici',
    'cli-progress',
  ],
  files: ['env-paths'],
  onnxruntime: ['onnxruntime-node'],
  train: ['jiti', '@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-cpu', '@tensorflow/tfjs-node'],
  runtime: ['onnxruntime-web'],
  site: ['send'],
  serving: ['prom-client'],
  report: ['@observablehq/plot', 'linkedom', 'fast-png'],
  cli: ['*'],
};

/** The part that a file belongs to: the innermost folder, or the file, that the table has. */
const part = (path: string): string => {
  const folders = path
    .replace(/^src\//, '')
    .replace(/\.ts$/, '')
    .split('/');
  const found = folders.map((_, i) => folders.slice(0, i + 1).join('/')).findLast((name) => MAY.has(name));
  return found ?? folders[0] ?? '';
};

/** Doors open parts to users, and may load all of them; the definition's own door is a row of the table. */
const isDoor = (path: string): boolean => /^src\/\w+\/index\.ts$/.test(path);

const sources = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter(
  (f) => f.endsWith('.ts') && !f.endsWith('.d.ts'),
);

describe('who may import whom', () => {
  let modules: ICruiseResult['modules'];
  let violations: ICruiseResult['summary']['violations'];
  beforeAll(async () => {
    const { output } = await cruise([SRC], {
      baseDir: ROOT,
      // Type-only imports are arrows too.
      tsPreCompilationDeps: true,
      doNotFollow: 'node_modules',
      validate: true,
      ruleSet: {
        forbidden: [
          { name: 'circle', severity: 'error', from: {}, to: { circular: true } },
          // What bundles are made from, and what declares types, nobody imports.
          { name: 'orphan', severity: 'error', from: { orphan: true, pathNot: ORPHANS }, to: {} },
        ],
      },
    });
    if (typeof output === 'string') throw new Error(output);
    modules = output.modules.filter(({ source }) => source.startsWith('src/'));
    ({ violations } = output.summary);
  }, 60_000);

  it('is what docs/architecture.md says, types included', () => {
    const wrong = modules.flatMap(({ source, dependencies }) =>
      isDoor(source)
        ? []
        : dependencies.flatMap(({ resolved, dependencyTypes }) => {
            const [from, to] = [part(source), part(resolved)];
            const { load = [], types = [] } = MAY.get(from) ?? {};
            const allowed = dependencyTypes.includes('type-only') ? [...load, ...types] : load;
            if (!resolved.startsWith('src/') || from === to || allowed.includes('*') || allowed.includes(to)) return [];
            return [`${source} → ${resolved}`];
          }),
    );
    expect(wrong).toEqual([]);
  });

  it('has no arrow in the table that nothing needs', () => {
    const needed = new Set(
      modules.flatMap(({ source, dependencies }) =>
        isDoor(source) ? [] : dependencies.map(({ resolved }) => `${part(source)} → ${part(resolved)}`),
      ),
    );
    const idle = [...MAY].flatMap(([from, { load, types }]) =>
      [...load, ...types].filter((to) => to !== '*' && !needed.has(`${from} → ${to}`)).map((to) => `${from} → ${to}`),
    );
    expect(idle).toEqual([]);
  });

  it('has no circles, and nothing that nobody imports', () => {
    expect(
      violations.map(
        ({ rule, from, to, cycle = [] }) => `${rule.name}: ${[from, to, ...cycle.map((c) => c.name)].join(' → ')}`,
      ),
    ).toEqual([]);
  });

  // cli/load.ts hands a definition the package's doors: it is outside them, as a user's project is.
  it('keeps doors at the edge: nothing inside imports an index.ts', () => {
    const wrong = modules.flatMap(({ source, dependencies }) =>
      /(\/index|cli\/load)\.ts$/.test(source)
        ? []
        : dependencies.filter(({ resolved }) => isDoor(resolved)).map(({ resolved }) => `${source} → ${resolved}`),
    );
    expect(wrong).toEqual([]);
  });

  it('lets each part load only its own libraries', () => {
    const wrong = modules.flatMap(({ source, dependencies }) =>
      dependencies
        .filter(({ resolved, module, dependencyTypes }) => {
          if (resolved.startsWith('src/') || dependencyTypes.includes('core') || dependencyTypes.includes('type-only'))
            return false;
          const allowed = LIBRARIES[part(source)] ?? [];
          return !allowed.includes('*') && !allowed.some((l) => module === l || module.startsWith(`${l}/`));
        })
        .map(({ module }) => `${source} → ${module}`),
    );
    expect(wrong).toEqual([]);
  });

  it('finds imports at all, and a source that belongs to no part is noticed', () => {
    expect(modules.flatMap(({ dependencies }) => dependencies).length).toBeGreaterThan(1000);
    expect(sources.map(part).filter((p) => !MAY.has(p))).toEqual([]);
  });
});

/** Entries of bundles, which nothing imports by a path. */
const ORPHANS = ['^src/site/service-worker\\.ts$', '\\.d\\.ts$'];

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
      join('..', '..', 'src', 'shape'),
      join('..', '..', 'src', 'values'),
      // The site's own file, and how a model runs as WebAssembly: there is no door to that but a model.js.
      join('..', '..', 'src', 'formats', 'engines.ts'),
      join('..', '..', 'src', 'runtime', 'module'),
      // What was made in the page has no address, which the door requires; and it is made by a worker, of which the page uses types.
      join('..', '..', 'src', 'runtime', 'web', 'open.ts'),
      join('..', '..', 'src', 'making'),
    ];
    expect(outside.filter(({ inner }) => !plain.some((place) => inner.startsWith(place)))).toEqual([]);
    const libraries = found
      .filter(({ to }) => !to.startsWith('.'))
      .map(({ to }) => to.replace(/^((@[^/]+\/)?[^/]+).*/, '$1'));
    expect([...new Set(libraries)].sort()).toEqual(['@preact/signals', 'cvae-compile', 'preact', 'virtual:packaged']);
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

  it("uses the package's doors and libraries, as a user's project does", () => {
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

describe('the fuzzer', () => {
  const FUZZ = fileURLToPath(new URL('../fuzz', import.meta.url));
  const textOf = (folder: string, file: string): string => readFileSync(join(folder, file), 'utf8');
  const files = readdirSync(FUZZ, { recursive: true, encoding: 'utf8' }).filter((file) => /\.(ts|mjs)$/.test(file));
  const loaded = (file: string): readonly string[] =>
    [...textOf(FUZZ, file).matchAll(/(?:from|import\()\s*'([^']+)'/g)].map(([, to = '']) => to);

  it('has a judge that shares nothing with what it judges', () => {
    const judge = files.filter((file) => /^judge[\\/]/.test(file));
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

describe('the repository', () => {
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

  it('does in one place what many need', () => {
    const once: Readonly<Record<string, RegExp>> = {
      'shape/size.ts': /\.reduce(?:<\w+>)?\(\s*\((\w+), (\w+)\) => \1 \* (?:\2|Number\(\2\))\b/,
      'shape/show.ts': /\[\$\{[\w.?]*[sS]hape\.join\(', '\)\}\]/,
      'shape/same.ts':
        /(\w+)\.length === \w+\.length && \1\.every\(\((\w+), (\w+)\) => \2 === \w+\[\3\]|[sS]hape\}` [!=]==/,
      'files/exists.ts': /const (?:exists|isFile|isFolder)\w* =|\b(?:l?stat|access)\(\w+\)\.then\(/,
      'files/whole.ts': /const (?:put|write)Whole =/,
      'float16.ts': /exponent - 15|0x7c00/,
      // What shows a value in a message is recognised by what it does to a bigint.
      'values/brief.ts': /(?:=== 'bigint'\)|case 'bigint':)\s*return/,
    };
    const texts = sources.map((file) => [file, readFileSync(join(SRC, file), 'utf8')] as const);
    for (const [place, code] of Object.entries(once))
      expect([place, texts.filter(([, text]) => code.test(text)).map(([file]) => file)]).toEqual([
        place,
        [join(...place.split('/'))],
      ]);
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
