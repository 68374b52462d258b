import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { userProject, ROOT } from './support/user-project.ts';
import { parsePrinted, runAllProgram } from './support/run-all.ts';

const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
const blocks = [...readme.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = '', code = '']) => ({
  language,
  code,
}));
const block = (language: string, about: string): string => {
  const found = blocks.filter((b) => b.language === language && b.code.includes(about));
  expect(found, `README's ${language} block about ${about}`).toHaveLength(1);
  return found[0]?.code ?? '';
};

const { folder: project, run, cli, check, execute } = userProject('readme');

beforeAll(() => {
  const data = block('ts', 'export const data');
  writeFileSync(join(project, 'model.ts'), `${block('ts', 'export default cvae')}\n${data}`);
});

describe('README', () => {
  it('shows the model of examples/digits, to the letter', () => {
    const example = readFileSync(join(ROOT, 'examples', 'digits', 'model.ts'), 'utf8');
    const definition = block('ts', 'export default cvae');
    expect(example).toContain(definition.slice(definition.indexOf('/** Draws')));
  });

  it('opens with a picture that is there, and links to files that are there', () => {
    const links = [...readme.matchAll(/\]\(([^)#]+)\)/g)]
      .map(([, to = '']) => to)
      .filter((to) => !to.startsWith('http'));
    expect(readme.slice(0, 700)).toContain('](docs/digits.png)');
    expect(links.filter((to) => !existsSync(join(ROOT, to)))).toEqual([]);
  });

  it('has the same code, pictures and links in Chinese', () => {
    const chinese = readFileSync(join(ROOT, 'README.zh-CN.md'), 'utf8');
    const codeOf = (text: string) => [...text.matchAll(/^```\w+\n[\s\S]*?^```$/gm)].map(([all]) => all);
    expect(codeOf(chinese)).toEqual(codeOf(readme));
    const linksOf = (text: string) =>
      [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, to = '']) => to).filter((to) => !/^(README|#)/.test(to));
    expect(linksOf(chinese).sort()).toEqual(linksOf(readme).sort());
    const numbersOf = (text: string) => text.match(/\d+\.\d+/g) ?? [];
    expect(numbersOf(chinese)).toEqual(numbersOf(readme));
  });

  it('names npm scripts that there are', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    for (const [, name = ''] of readme.matchAll(/npm (?:run )?(start|test(?::\w+)?)/g))
      expect(scripts).toHaveProperty(name);
  });

  it('gives commands that run, from the definition to pictures', () => {
    const lines = block('sh', 'npx cvae-compile train').trim().split('\n');
    for (const line of lines) {
      const words = line.replace(/^npx cvae-compile /, '').split(' ');
      // The command as it is written, on fewer examples: later options win.
      const { status, output } = cli(...words, ...(words[0] === 'train' ? ['--epochs', '1', '--limit', '256'] : []));
      expect(status, `${line}\n${output}`).toBe(0);
    }
    expect(existsSync(join(project, 'digits.png'))).toBe(true);
    expect(existsSync(join(project, 'exported', 'decoder.onnx'))).toBe(true);
  });

  it('gives code that type-checks and runs', () => {
    const programs = {
      runtime: { code: block('ts', 'open<typeof digits>'), prints: /16, 784/ },
      compiler: { code: block('ts', 'compile(model, weights)'), prints: /negativeElbo: [\d.]+[\s\S]*\d{6}/ },
    };
    // Reading fewer digits changes nothing but the time.
    for (const [name, { code }] of Object.entries(programs))
      writeFileSync(
        join(project, `${name}.ts`),
        code.replace('train(model, digits,', 'train(model, await few(),').concat(FEW),
      );
    writeFileSync(join(project, 'all.ts'), runAllProgram(Object.keys(programs)));
    expect(check('*.ts')).toEqual({ status: 0, output: '' });
    const { status, output } = execute('all.ts');
    expect(status, output).toBe(0);
    const results = parsePrinted(output);
    for (const [name, { prints }] of Object.entries(programs)) {
      expect(results[name]?.error, name).toBeUndefined();
      expect(results[name]?.printed.join('\n'), name).toMatch(prints);
    }
  });

  it('gives Python that runs, where Python has onnxruntime', ({ skip }) => {
    const python = process.env['CVAE_PYTHON'] ?? 'python3';
    if (run(python, ['-c', 'import onnxruntime, numpy']).status !== 0) skip(`${python} has no onnxruntime`);
    const code = `${block('python', 'onnxruntime')}\nprint(y.shape, y.min() >= 0, y.max() <= 1)\n`;
    expect(run(python, ['-c', code]).output.trim()).toBe('(16, 784) True True');
  });
});

const FEW = `
async function few() {
  const { digits: all } = await import('cvae-compile/data');
  const { train, test } = await all();
  const some = (part: typeof train) => ({ ...part, count: 256, columns: Object.fromEntries(Object.entries(part.columns).map(([name, c]) =>
    [name, { ...c, data: c.data.subarray(0, 256 * c.shape.reduce((a, b) => a * b, 1)) }])) });
  return { name: 'few', train: some(train), ...(test && { test: some(test) }) };
}
void few;
`;
