import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { compile, QUICK, ROOT, type Diagnostic } from './tsc.ts';

const FOLDER = 'test/types/mistakes';
const GOLDEN = join(ROOT, 'test/types/mistakes.txt');

/** Each file is one mistake. Its first line says which. */
const files = readdirSync(join(ROOT, FOLDER)).filter((file) => file.endsWith('.ts'));

/** The type of a layer with checks: the compilers shorten it at places of their own, and say below it what is wrong. */
const shortened = (text: string): string =>
  text
    .replace(/^(Argument of type ')<.* & .*(' is not assignable to parameter of type 'Fn<)/, '$1…$2')
    // Only one of the compilers has this line between others.
    .replaceAll(/\n +Type '.*' is not assignable to type 'ShapeError<.*'\.(\n +Property 'shapeError')/g, '$1')
    .replaceAll(/\n +(Property 'shapeError')/g, '\n  $1');

/** What the compiler says of each mistake, under the code it points at. */
const describe = (errors: readonly Diagnostic[]): string =>
  files
    .map((file) => {
      const lines = readFileSync(join(ROOT, FOLDER, file), 'utf8').split('\n');
      const found = errors
        .filter((error) => basename(error.file) === file)
        .map(
          ({ line, column, text }) =>
            `${line}:${column}  ${(lines[line - 1] ?? '').slice(column - 1)}\n${shortened(text)}\n`,
        );
      return `── ${file}: ${(lines[0] ?? '').slice(3)}\n${found.join('')}`;
    })
    .join('\n');

// To see what a change does to the errors that users read: npm test -- test/types/mistakes.test.ts -u, then git diff.
test.each(QUICK)('%s finds every mistake where it is made, and says it in these words', async (compiler) => {
  const { errors } = await compile(compiler, FOLDER);
  for (const file of files) expect(errors.map((error) => error.file)).toContain(`${FOLDER}/${file}`);
  await expect(describe(errors)).toMatchFileSnapshot(GOLDEN);
});
