import type { Command } from 'commander';
import { note, type Context } from './io.ts';
import { examples } from './options.ts';

/** `init`: writes a new project's first files. */
export const init = (program: Command, { io }: Context): Command =>
  program
    .command('init')
    .description('Write the files of a new project: a model of digits, and the commands that train and export it.')
    .argument('[folder]', 'where to; it is made where it is missing, and no file in it is overwritten', '.')
    .addHelpText('after', examples('init my-model'))
    .action(async (folder: string) => {
      const { writeStarter } = await import('./starter.ts');
      const files = await writeStarter(folder);
      note(
        io,
        ...files.map((file) => `wrote ${file}`),
        '',
        'Next:',
        ...(folder === '.' ? [] : [`  cd ${folder}`]),
        '  npm install',
        '  npm start         # trains, exports, samples: out/digits.png',
      );
    });
