import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TSC } from './types/tsc.ts';
import { IS_LONG, chosen } from './support/chosen.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

// Inside the repository, so that the package's dependencies are found by climbing; the package itself is the tarball's.
let project: string;
let tarball: string;

const run = (command: string, args: readonly string[], cwd = project) => {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  return { status, output: `${stdout}${stderr}` };
};
const node = (...args: string[]) => run(process.execPath, args);

beforeAll(() => {
  mkdirSync(join(ROOT, 'out'), { recursive: true });
  project = mkdtempSync(join(ROOT, 'out', 'consumer-'));
  const { status, output } = run('npm', ['pack', '--silent', '--pack-destination', project], ROOT);
  expect(output, `npm pack: ${output}`).toMatch(/\.tgz/);
  expect(status).toBe(0);
  tarball = join(project, readdirSync(project).find((f) => f.endsWith('.tgz')) ?? '');
  mkdirSync(join(project, 'node_modules'));
  expect(run('tar', ['xzf', tarball, '-C', 'node_modules']).status).toBe(0);
  cpSync(join(project, 'node_modules', 'package'), join(project, 'node_modules', 'cvae-compile'), { recursive: true });
  writeFileSync(join(project, 'package.json'), '{ "name": "consumer", "type": "module", "private": true }');
  cpSync(join(ROOT, 'examples', 'digits', 'model.ts'), join(project, 'model.ts'));
  writeFileSync(
    join(project, 'use.ts'),
    `import { print } from 'cvae-compile';
import { compile } from 'cvae-compile/compiler';
import { digits } from 'cvae-compile/data';
import { open } from 'cvae-compile/runtime';
import { train } from 'cvae-compile/train';
import model from './model.js';

export async function all(folder: string): Promise<Float32Array> {
  const { weights } = await train(model, digits, { epochs: 1 });
  compile(model, weights);
  const exported = await open<typeof model>(folder);
  // @ts-expect-error the condition is called digit
  await exported.sample({ digits: 7 });
  return (await exported.sample({ digit: 7 }, { count: 16, seed: 1 })).data;
}
console.log(print(model).split('\\n')[0]);
`,
  );
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

describe('the packed package', () => {
  it.each(chosen('resolutions of the package', ['nodenext', 'bundler'], 1))(
    'type-checks in a project under %s, with a compile error where one belongs',
    (resolution) => {
      writeFileSync(
        join(project, 'tsconfig.json'),
        JSON.stringify({
          compilerOptions: {
            strict: true,
            noEmit: true,
            skipLibCheck: true,
            target: 'es2022',
            lib: ['es2023'],
            types: [],
            module: resolution === 'bundler' ? 'esnext' : 'nodenext',
            moduleResolution: resolution,
          },
          include: ['*.ts'],
        }),
      );
      const wrong = `import { bernoulli, categorical, concat, cvae, dense } from 'cvae-compile';
cvae({
  condition: { digit: categorical(10) }, target: bernoulli(784), latent: 20,
  decoder: ({ z, digit }) => concat(z, digit).pipe(dense(748)),
});
export { digits } from 'cvae-compile/data';
`;
      // The types of a project without \`@types/node\` name \`console\` nowhere.
      writeFileSync(join(project, 'globals.d.ts'), 'declare const console: { log(text: unknown): void };');
      writeFileSync(join(project, 'wrong.ts'), wrong);
      const { output } = node(...TSC(), '--noEmit', '--pretty', 'false');
      rmSync(join(project, 'wrong.ts'));
      // The one error there is.
      expect(output.split('\n').filter((line) => /^\S/.test(line))).toEqual([
        expect.stringContaining(
          "wrong.ts(4,30): error TS2322: Type 'Tensor<[748]>' is not assignable to type 'Tensor<[784]>'.",
        ),
      ]);
    },
  );

  it('loads from every door, and its command line runs', () => {
    const doors = ['', '/train', '/compiler', '/runtime', '/data', '/onnx', '/testing'].map((d) => `cvae-compile${d}`);
    const script = doors.map((d) => `console.log(Object.keys(await import('${d}')).length > 0);`).join('\n');
    writeFileSync(join(project, 'load.mjs'), script);
    const { output, status } = node('load.mjs');
    expect(output.trim().split('\n')).toEqual(doors.map(() => 'true'));
    expect(status).toBe(0);
    const installed = join(project, 'node_modules', 'cvae-compile');
    const { bin } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
    for (const path of [bin['cvae-compile'], join('dist', 'cli', 'bin.js')])
      expect(node(join(installed, path), 'inspect', 'model.ts').output).toContain('330,824');
  });

  it.runIf(IS_LONG)('has no fault that publint finds', async () => {
    const { publint } = await import('publint');
    const { formatMessage } = await import('publint/utils');
    const pkgDir = join(project, 'node_modules', 'cvae-compile');
    const { messages, pkg } = await publint({ pkgDir, strict: true });
    expect(messages.map((m) => formatMessage(m, pkg))).toEqual([]);
  });

  it.runIf(IS_LONG)('has the right types behind every door, as are-the-types-wrong sees it', () => {
    const attw = join(ROOT, 'node_modules', '@arethetypeswrong', 'cli', 'dist', 'index.js');
    const { status, output } = node(attw, tarball, '--profile', 'esm-only', '--no-color', '--no-emoji');
    // ESM only: what node10 and require() see is ignored, by that profile's own rule.
    const rows = output.split('\n').filter((line) => line.includes('"cvae-compile'));
    expect(rows.filter((row) => !/^│ "[^"]+" +│ OK [^│]+│ OK /.test(row))).toEqual([]);
    expect(rows).toHaveLength(9);
    expect(status).toBe(0);
  });

  it('ships what it needs, and no test, source or trained weight', () => {
    const files = readdirSync(join(project, 'node_modules', 'cvae-compile'), { recursive: true, encoding: 'utf8' });
    expect(files).toEqual(
      expect.arrayContaining([
        'LICENSE',
        'README.md',
        join('bin', 'cvae-compile.mjs'),
        join('dist', 'index.d.ts'),
        join('dist', 'packaged', 'web.js'),
        join('dist', 'playground', 'index.html'),
        join('dist', 'playground', 'LICENSES.txt'),
        join('dist', 'report', 'plot.js'),
        join('dist', 'report', 'plot.LICENSES.txt'),
        join('dist', 'formats', 'valibot.LICENSES.txt'),
        join('assets', 'digits', 'LICENSE'),
      ]),
    );
    expect(
      files.filter((f) => /(^|[\\/])(test|src|examples|research|node_modules)[\\/]|\.onnx$|\.safetensors$/.test(f)),
    ).toEqual([]);
    // What the compiler keeps for the next build is of no use to others.
    expect(files.filter((f) => /(^|[\\/])\.(?!npmrc)|\.(map|part)$/.test(f))).toEqual([]);
  });
});
