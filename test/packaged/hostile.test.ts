import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { transformSync } from 'esbuild';
import { parseHTML } from 'linkedom';
import { micromark } from 'micromark';
import { gfmTable, gfmTableHtml } from 'micromark-extension-gfm-table';
import ts from 'typescript';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Manifest } from '../../src/signature.ts';
import { siteOf } from '../../src/site/site.ts';
import { cli, temporary } from '../cli/support/cli.ts';
import { TSC } from '../types/tsc.ts';
import { ROOT, snippet } from './support.ts';

/** What means something in one of the languages that names are written into. */
const NAMES = [
  '*/ export declare const evil: 1; /*',
  'two\nlines',
  'pipe | cell',
  '`code` and ```',
  `"double" 'single'`,
  '<script>alert(1)</script>',
  '</script><img src=x onerror=alert(1)>',
  'back\\',
  '<!-- comment',
  '${template} {{mustache}}',
  'line\u2028separator and \u202eturned',
  '[link](javascript:alert(1))',
  '# *heading* _and_ ~more~ $math$ &amp;',
  '--- : yes',
  '__proto__',
];
const PLAIN = NAMES.map((_, i) => `class ${i}`);

const definition = (names: readonly string[], columns: readonly string[], unit: string, data: string) => `
import { categorical, concat, continuous, cvae, dense, gaussian, normal } from 'cvae-compile';

const names = ${JSON.stringify(names)};
export default cvae({
  condition: { kind: categorical(...names), x: continuous(1) },
  target: normal(2),
  latent: 1,
  prior: ({ kind, x }) => concat(kind, x).pipe(gaussian(1)),
  recognition: ({ kind, x, y }) => concat(kind, x, y).pipe(gaussian(1)),
  decoder: ({ kind, x, z }) => concat(kind, x, z).pipe(dense(2)),
});

const columns = ${JSON.stringify(columns)};
const length = 60;
const numbers = (size, f) => Float32Array.from({ length: length * size }, (_, i) => f(i));
const examples = {
  count: length,
  columns: {
    kind: { shape: [], data: Int32Array.from({ length }, (_, i) => i % names.length), scale: 1, classes: names },
    x: { shape: [1], data: numbers(1, Math.sin), scale: 1, names: [columns[0]], units: [${JSON.stringify(unit)}] },
    y: { shape: [2], data: numbers(2, Math.cos), scale: 1, names: columns, units: ['', ${JSON.stringify(unit)}] },
  },
};
export const data = { name: ${JSON.stringify(data)}, checksum: ${JSON.stringify(`${data}`)}, train: examples, test: examples };
`;

const folder = temporary();
/** A model with plain names, and the same with hostile ones, which its folder and its file have too. */
const CASES = {
  plain: {
    folder: 'plain',
    file: 'model-plain.ts',
    names: PLAIN,
    columns: ['a', 'b'],
    unit: 'm',
    data: 'data',
    license: 'MIT',
  },
  hostile: {
    folder: `it's #1 "<b>" & 100% \`tick\` of ours`,
    file: `mo"del <i>' *.ts`,
    names: NAMES,
    columns: ['*/ a | b\n`c`', '</script> <b>"\\'],
    unit: '|*/\n`m`',
    data: `my | "data"\n# *set* </script> <img src=x onerror=alert(1)>`,
    license: 'other: "yes" | <b>',
  },
} as const;
type Case = keyof typeof CASES;
const out = (name: Case) => join(folder, CASES[name].folder);
const read = (name: Case, file: string) => readFileSync(join(out(name), file), 'utf8');
const manifestOf = (name: Case): Manifest => JSON.parse(read(name, 'model.json'));

beforeAll(async () => {
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(
    join(ROOT, 'node_modules', 'onnxruntime-node'),
    join(folder, 'node_modules', 'onnxruntime-node'),
    'junction',
  );
  for (const [name, { file, names, columns, unit, data, license }] of Object.entries(CASES)) {
    const path = join(folder, file);
    writeFileSync(path, definition(names, columns, unit, data));
    const run = join(folder, `${name}-run`);
    const trained = await cli('train', path, '--out', run, '--epochs', '1', '--engine', 'onnx');
    expect(trained.code, trained.err).toBe(0);
    const words = [
      '--weights',
      run,
      '--out',
      join(folder, CASES[name as Case].folder),
      '--package',
      '--license',
      license,
    ];
    const exported = await cli('export', path, ...words);
    expect(exported.code, exported.err).toBe(0);
  }
});

describe('a package with names that mean something elsewhere', () => {
  it('has them in full in its manifest', () => {
    const { conditions, target, name } = manifestOf('hostile');
    expect(conditions['kind']?.classes).toEqual(NAMES);
    expect(target.names).toEqual(CASES.hostile.columns);
    expect(target.units).toEqual(['', CASES.hostile.unit]);
    expect(name).toBe(`mo"del <i>' *`);
  });

  it('declares what one with plain names declares, and no more', () => {
    const parsed = (name: Case) => {
      const source = ts.createSourceFile('index.d.ts', read(name, 'index.d.ts'), ts.ScriptTarget.ES2022, true);
      const diagnostics = Reflect.get(source, 'parseDiagnostics') as readonly ts.Diagnostic[]; // which its type leaves out
      expect(diagnostics.map(({ messageText }) => messageText)).toEqual([]);
      return source.statements.map((one) =>
        one
          .getText()
          .split(/[\s:={]+/)
          .slice(0, 4)
          .join(' ')
          .replace(/<.*/, ''),
      );
    };
    expect(parsed('hostile')).toEqual(parsed('plain'));
    expect(parsed('hostile').join()).not.toContain('evil');
  });

  it('compiles against its types, class by class', () => {
    const uses = NAMES.map((name) => `await model.sample({ kind: ${JSON.stringify(name)}, x: 1 });`).join('\n');
    const program = `import { open } from ${JSON.stringify(`./${CASES.hostile.folder}/index.js`)};
const model = await open();
${uses}
// @ts-expect-error: no such class
await model.sample({ kind: 'evil', x: 1 });
`;
    writeFileSync(join(folder, 'use.ts'), program);
    const compilerOptions = {
      strict: true,
      noEmit: true,
      target: 'es2022',
      module: 'esnext',
      moduleResolution: 'bundler',
      lib: ['es2023', 'dom'],
      types: [],
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['use.ts'] }));
    const { stdout, status } = spawnSync(process.execPath, [...TSC(), '-p', '.'], { cwd: folder, encoding: 'utf8' });
    expect(stdout).toBe('');
    expect(status).toBe(0);
  });

  it("runs by its card's program in Node, and says of itself what model.json says", () => {
    const card = read('hostile', 'README.md');
    const more = `import { signature } from './${encodeURIComponent(CASES.hostile.folder).replaceAll("'", '%27')}/index.js';
console.log(JSON.stringify(signature.conditions.kind.classes));`;
    writeFileSync(join(folder, 'main.mjs'), `${snippet(card, 'js')}${more}`);
    const { stdout, stderr } = spawnSync(process.execPath, ['main.mjs'], { cwd: folder, encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toEqual(NAMES);
  });

  it('has a program for pages whose script nothing ends', () => {
    const html = snippet(read('hostile', 'README.md'), 'html');
    const { document } = parseHTML(`<html><body>${html}</body></html>`);
    const names = [...document.querySelectorAll('body *')].map(({ localName }) => localName);
    expect(names).toEqual(['meta', 'title', 'pre', 'script', 'script']);
    expect(document.querySelector('title')?.textContent).toBe(CASES.hostile.folder);
    const program = document.querySelectorAll('script')[1]?.textContent ?? '';
    expect(transformSync(program, { loader: 'js' }).code).toContain('model.sample(');
  });

  it.for(['python', 'cpp'] as const)(
    'has a program in %s with the lines of one with plain names',
    (language, { skip }) => {
      const lines = (name: Case) => snippet(read(name, 'README.md'), language).split('\n');
      const [plain, hostile] = [lines('plain'), lines('hostile')];
      const shown = (line: string) =>
        line.replace(/(# one-hot|\/\/ one-hot).*/, '$1').replace(/".*(prior|decoder)\.onnx"/, '$1');
      expect(hostile.map((line) => shown(line))).toEqual(plain.map((line) => shown(line)));
      expect(hostile.filter((line) => line.endsWith('\\'))).toEqual([]);
      if (language === 'cpp') return;
      const python = process.env['CVAE_PYTHON'] ?? 'python3';
      const check = 'import ast, sys; print(len(ast.parse(sys.stdin.read()).body))';
      const { status, stdout, stderr } = spawnSync(python, ['-c', check], {
        input: hostile.join('\n'),
        encoding: 'utf8',
      });
      if (status === null) return skip('there is no Python');
      expect(stderr).toBe('');
      expect(Number(stdout)).toBeGreaterThan(5);
    },
  );

  it('has a card of the same elements as one with plain names', () => {
    const html = (name: Case) => {
      const card = read(name, 'README.md').replace(/^---\n.*?\n---\n/s, '');
      const options = { extensions: [gfmTable()], htmlExtensions: [gfmTableHtml()], allowDangerousHtml: true };
      return parseHTML(`<html><body>${micromark(card, options)}</body></html>`).document;
    };
    const elements = (name: Case) => [...html(name).querySelectorAll('body *')].map(({ localName }) => localName);
    expect(elements('hostile')).toEqual(elements('plain'));
    const document = html('hostile');
    expect(document.querySelector('h1')?.textContent).toBe(`mo"del <i>' *`);
    const cells = [...document.querySelectorAll('td')].map(({ textContent }) => textContent ?? '');
    const kind = cells.find((text) => text.startsWith('One of 15 classes')) ?? '';
    for (const name of NAMES) expect(kind).toContain(name.replace(/[\n\u2028\u202e]/g, ' '));
    expect(document.body.textContent).toContain('my | "data" # *set* </script> <img src=x onerror=alert(1)>');
  });

  it('has a head that YAML reads as lines of its own', () => {
    const head = (name: Case) => /^---\n(.*?)\n---\n/s.exec(read(name, 'README.md'))?.[1]?.split('\n') ?? [];
    expect(head('hostile')).toHaveLength(head('plain').length);
    for (const line of head('hostile')) {
      const [, value = ''] = /^ *(?:- )?(?:[\w-]+:)? ?(.*)$/.exec(line) ?? [];
      if (value.startsWith('"')) expect(JSON.parse(value)).toBeTypeOf('string');
      else expect(value).toMatch(/^[\w.+-]*:?$/);
    }
  });

  it('is served with a service worker that parses, and a table of what there is', async () => {
    const site = await siteOf(out('hostile'));
    const text = async (file: string): Promise<string> => {
      const source = site.get(file);
      return source && 'make' in source ? source.make() : '';
    };
    const worker = await text('sw.js');
    expect(() => new Script(worker)).not.toThrow();
    expect(JSON.parse(await text('site.json'))).toMatchObject({ model: `mo"del <i>' *` });
  });
});

describe('the report of a run with such names', () => {
  it('has the elements of a page, and shows names as they are', () => {
    const html = readFileSync(join(folder, 'hostile-run', 'report.html'), 'utf8');
    const { document } = parseHTML(html);
    for (const name of ['script', 'img', 'iframe', 'svg script'])
      expect(document.querySelectorAll(name)).toHaveLength(0);
    expect([...document.querySelectorAll('b')].every((b) => b.parentElement?.localName === 'li')).toBe(true);
    expect(
      [...document.querySelectorAll('*')]
        .flatMap((e) => [...e.attributes].map(({ name }) => name))
        .filter((name) => name.startsWith('on')),
    ).toEqual([]);
    expect(document.querySelector('h1')?.textContent).toBe(`mo"del <i>' *`);
    expect(document.body.textContent).toContain('</script> <b>"\\');
  });
});
