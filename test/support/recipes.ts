import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What a recipe does to a file: writes it, or changes lines of it. */
export interface Step {
  readonly file: string;
  readonly kind: 'new' | 'change';
  readonly block: string;
}

/** A recipe of CONTRIBUTING.md: its title, what it does to files in order, and the commands that show that it worked. */
export interface Recipe {
  readonly title: string;
  readonly steps: readonly Step[];
  readonly commands: readonly string[];
}

/** The recipes of a page: a section each. The file of a block is the last that the text before it names. */
export const recipesOf = (page: string): readonly Recipe[] =>
  page
    .slice(page.indexOf('\n# Recipes'))
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const [title = ''] = section.split('\n');
      const steps: Step[] = [];
      const commands: string[] = [];
      let text = '';
      for (const [, before = '', language = '', block = ''] of section.matchAll(
        /([\s\S]*?)^```(\w+)\n([\s\S]*?)^```$/gm,
      )) {
        text += before;
        if (language === 'sh') commands.push(...block.trim().split('\n'));
        else {
          const [, how, file = ''] = [...text.matchAll(/\b(New file|In)\s`([\w./-]+)`/g)].at(-1) ?? [];
          if (file === '') throw new Error(`${title}: a block whose file is not said:\n${block}`);
          steps.push({ file, kind: how === 'New file' ? 'new' : 'change', block });
          text = '';
        }
      }
      return { title, steps, commands };
    });

/** Does to a copy of the repository what a recipe says. @throws where lines that it changes are not there, or there twice. */
export const applyRecipe = ({ title, steps }: Recipe, root: string): void => {
  for (const { file, kind, block } of steps) {
    const path = join(root, file);
    if (kind === 'new') {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, block);
      continue;
    }
    let content = readFileSync(path, 'utf8');
    for (const hunk of block.split(/^@@\n/m)) content = changed(content, hunk, `${title}, ${file}`);
    writeFileSync(path, content);
  }
};

/** Lines with some of them removed and others added: a hunk without line numbers. */
const changed = (content: string, hunk: string, where: string): string => {
  const lines = hunk.replace(/\n$/, '').split('\n');
  const side = (sign: '-' | '+'): string =>
    lines
      .filter((line) => line.startsWith(' ') || line.startsWith(sign))
      .map((line) => `${line.slice(1)}\n`)
      .join('');
  const odd = lines.find((line) => !/^[ +-]/.test(line));
  if (odd !== undefined) throw new Error(`${where}: expected lines that begin with a space, + or -, got ${odd}`);
  const [before, after] = [side('-'), side('+')];
  const places = `\n${content}`.split(`\n${before}`).length - 1;
  if (places !== 1) throw new Error(`${where}: expected these lines once, got them ${places} times:\n${before}`);
  return `\n${content}`.replace(`\n${before}`, () => `\n${after}`).slice(1);
};

/** Copies files of the repository, by their paths from its root. */
export const copyFiles = (from: string, to: string, files: readonly string[]): void => {
  for (const folder of new Set(files.map((file) => dirname(file)))) mkdirSync(join(to, folder), { recursive: true });
  for (const file of files) copyFileSync(join(from, file), join(to, file));
};
