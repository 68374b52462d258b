import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { userProject, ROOT } from './support/user-project.ts';
import { parsePrinted, runAllProgram, type Printed } from './support/run-all.ts';
import { cli as inThisProcess } from './cli/support/cli.ts';
import { chosen } from './support/chosen.ts';

// The guides' code: type-checked and run in a project that has README's model, trained and exported as they say.
const GUIDES = [
  'coming-from.md',
  'likelihoods.md',
  'objectives.md',
  'evaluation.md',
  'asking.md',
  'cookbook.md',
  'samples.md',
  'training.md',
  'data.md',
  'onnx.md',
  'sequences.md',
];
const textOf = (guide: string): string => readFileSync(join(ROOT, 'docs', guide), 'utf8');
const blocksOf = (guide: string, language: string): readonly string[] =>
  [...textOf(guide).matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].flatMap(([, found, code = '']) =>
    found === language ? [code] : [],
  );

/** Those whose commands are run. */
const WITH_COMMANDS = GUIDES.filter((guide) => blocksOf(guide, 'sh').length > 0);
const SOME = chosen('commands of guides', WITH_COMMANDS, 1);

const { folder: project, run, check, execute } = userProject('docs');

/** Runs a command in the project, in this process, which has loaded the library: README's commands are processes. */
const cli = async (...words: readonly string[]) => {
  const back = process.cwd();
  process.chdir(project);
  try {
    const { code, out, err } = await inThisProcess(...words);
    return { status: code, output: `${err}${out}` };
  } finally {
    process.chdir(back);
  }
};

const code = GUIDES.flatMap((guide) =>
  blocksOf(guide, 'ts').map((block, i) => [`${guide.replace('.md', '')}-${i + 1}.ts`, block] as const),
);

/** Blocks of code that are run; all are type-checked. */
const NAMES = code.map(([file]) => file.replace('.ts', ''));
const RUN = chosen('code of guides', NAMES, 6);

/** Their text. */
const OPENED = code
  .filter(([file]) => RUN.includes(file.replace('.ts', '')))
  .map(([, text]) => text)
  .join('\n');

beforeAll(async () => {
  const model = readFileSync(join(ROOT, 'examples', 'digits', 'model.ts'), 'utf8');
  writeFileSync(join(project, 'model.ts'), model);
  copyFileSync(join(ROOT, 'docs', 'files', 'diabetes.onnx'), join(project, 'diabetes.onnx'));
  copyFileSync(join(ROOT, 'examples', 'table', 'weather.csv'), join(project, 'weather.csv'));
  // Parts of the packages that data.md names.
  const files = join(ROOT, 'docs', 'files');
  mkdirSync(join(project, 'node_modules', 'vega-datasets', 'data'), { recursive: true });
  for (const name of ['birdstrikes.csv', 'gapminder.json'])
    copyFileSync(join(files, name), join(project, 'node_modules', 'vega-datasets', 'data', name));
  cpSync(join(files, 'emoji'), join(project, 'node_modules', 'emoji-datasource-twitter'), { recursive: true });
  // Fewer draws change nothing but the time.
  for (const [name, block] of code) writeFileSync(join(project, name), block.replace('samples: 100', 'samples: 2'));
  writeFileSync(join(project, 'all.ts'), runAllProgram(RUN));
  expect(await cli(...'train model.ts --out run --epochs 1 --limit 512 --engine onnx'.split(' '))).toMatchObject({
    status: 0,
  });
});

describe('the guides', () => {
  it('link to files that are there, as every other page does', () => {
    const pages = ['docs', 'examples', 'research'].flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
    );
    const own = pages.filter((page) => page.endsWith('.md') && !page.includes('node_modules'));
    const links = own.flatMap((page) =>
      [...readFileSync(join(ROOT, page), 'utf8').matchAll(/\]\(([^)#\s]+)[^)]*\)/g)]
        .map(([, to = '']) => to)
        .filter((to) => !to.startsWith('http'))
        .map((to) => ({ page, to })),
    );
    expect(links.length).toBeGreaterThan(50);
    expect(links.filter(({ page, to }) => !existsSync(join(ROOT, dirname(page), to)))).toEqual([]);
  });

  it('give code that type-checks', () => {
    expect(check('*.ts')).toEqual({ status: 0, output: '' });
  });

  it('give commands that run', async () => {
    for (const { command, isOf } of GUIDES.flatMap((guide) =>
      blocksOf(guide, 'sh').flatMap((block) =>
        block
          .trim()
          .split('\n')
          .map((command) => ({ command, isOf: SOME.includes(guide) })),
      ),
    )) {
      const [, out] = / --out (\S+)/.exec(command) ?? [];
      // Other guides' code opens what some export.
      if (!isOf && !(command.includes(' export model.ts ') && OPENED.includes(`'${out}`))) continue;
      const words = [...command.replace(/^npx cvae-compile /, '').matchAll(/"([^"]*)"|(\S+)/g)].map(
        ([, quoted, plain]) => quoted ?? plain ?? '',
      );
      const few = words[0] === 'evaluate' ? ['--samples', '2', '--limit', '50'] : [];
      const { status, output } = await cli(...words, ...few);
      expect(status, `${command}\n${output}`).toBe(0);
      // A dry run writes nothing.
      if (out !== undefined) expect(existsSync(join(project, out)), command).toBe(!words.includes('--dry-run'));
    }
  }, 180_000);

  let results: Readonly<Record<string, Printed>> = {};
  it('give code that runs', () => {
    const { status, output } = execute('all.ts');
    expect(status, output).toBe(0);
    results = parsePrinted(output);
  }, 300_000);

  it.each(RUN)('give code that ran: %s', (name) => {
    const { printed, error } = results[name] ?? { printed: [], error: 'it has not run' };
    expect(error).toBeUndefined();
    if (name.startsWith('evaluation'))
      expect(printed.join('\n')).toMatch(
        name.endsWith('1') ? /importanceSampling: \d+/ : /−log p\(y\|x\): Float32Array\(12\)/,
      );
  });

  it('give Python that runs, where Python has onnxruntime', ({ skip }) => {
    const python = process.env['CVAE_PYTHON'] ?? 'python3';
    if (run(python, ['-c', 'import onnxruntime, numpy']).status !== 0) skip(`${python} has no onnxruntime`);
    if (!existsSync(join(project, 'exported', 'evaluation.onnx'))) skip('the commands of evaluation.md were not run');
    const [block = ''] = blocksOf('evaluation.md', 'python');
    expect(run(python, ['-c', block]).output).toMatch(/^log p\(y\|x\) of each: \[[-\d.\s]+\] mean: -\d+\.\d+ nats$/m);
  });
});
