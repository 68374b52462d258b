import { Option, type Command } from 'commander';
import type { Project } from './own-data/project.ts';
import { note, type Context, type Io } from './io.ts';
import { examples } from './options.ts';
import { isFile } from '../files/exists.ts';

interface Options {
  readonly from?: string;
  readonly data?: string;
  readonly target?: string;
  readonly condition?: string | false;
  readonly by?: string;
  readonly orderBy?: string;
  readonly template?: Template;
}

const TEMPLATES = ['digits', 'page', 'table'] as const;
type Template = (typeof TEMPLATES)[number];

/** `init`: writes a new project's first files. */
export const init = (program: Command, { io }: Context): Command =>
  program
    .command('init')
    .description(
      'Write the files of a new project: a model of your own data, or of digits, and the commands that train and export it.',
    )
    .argument('[folder]', 'the folder to write to; it is created if needed, and no file in it is overwritten', '.')
    .option(
      '--from <data>',
      'a CSV, TSV, JSON, Parquet or Arrow file, or a folder of pictures with a folder for each class',
    )
    // By the name that train has for it.
    .addOption(new Option('--data <data>').hideHelp().conflicts('from'))
    .addOption(
      new Option(
        '--template <name>',
        'digits; page, with Vite, that draws digits; or table, of penguins (default: digits)',
      ).choices(TEMPLATES),
    )
    .option(
      '--target <columns>',
      'the columns to draw, separated by commas, or all for every column that is not a condition',
    )
    .option(
      '--condition <columns>',
      'the columns that the model is given; for dates also month, season, weekday, hour or year',
    )
    .option('--no-condition', 'draw whole rows, without conditions')
    .option(
      '--by <columns>',
      'the columns that all rows of a sequence share: each sequence of a long table is then one example',
    )
    .option('--order-by <column>', 'with --by: the column by which the rows of a sequence are sorted')
    .addHelpText(
      'after',
      examples(
        'init my-model',
        'init my-page --template page',
        'init my-model --from weather.csv --target rain,temp_max --condition month,wind',
        'init my-model --from pictures',
        'init my-model --from trips.csv --by trip --target speed,gear --condition driver',
      ),
    )
    .action(async (folder: string, { data, ...given }: Options) => {
      const options = data === undefined ? given : { from: data, ...given };
      const { files, understood } = await written(folder, options, io);
      note(
        io,
        ...understood,
        ...files.map((file) => `wrote ${file}`),
        '',
        'Next:',
        ...(folder === '.' ? [] : [`  cd ${folder}`]),
        '  npm install',
        ...nextSteps(options),
      );
    });

const nextSteps = ({ from, template = 'digits' }: Options): readonly string[] => {
  if (from === undefined && template === 'page') return ['  npm start         # trains, exports, opens the page'];
  return from === undefined && template === 'digits'
    ? ['  npm start         # trains, exports, samples: out/digits.png']
    : ['  npm start         # trains, exports, samples', '  npm run serve     # the model as a page'];
};

const written = async (
  folder: string,
  { from, target, condition, by, orderBy, template }: Options,
  io: Io,
): Promise<Project> => {
  if (await isFile(folder)) {
    const { InvalidData } = await import('../errors.ts');
    throw new InvalidData(
      `init: expected a folder to write to, got the file ${folder}; for a model of its data run cvae-compile init my-model --from ${folder}`,
    );
  }
  if (from !== undefined && template !== undefined) {
    const { InvalidData } = await import('../errors.ts');
    throw new InvalidData('init: expected --from, of which a project is made, or --template, got both; leave one out');
  }
  if (from !== undefined) {
    const { writeOwnProject } = await import('./own-data/project.ts');
    // Commander has `true` where `--no-condition` is not given.
    const conditions = typeof condition === 'string' || condition === false ? { condition } : {};
    const named = { ...(target !== undefined && { target }), ...conditions };
    return writeOwnProject(
      folder,
      from,
      { ...named, ...(by !== undefined && { by }), ...(orderBy !== undefined && { orderBy }) },
      io,
    );
  }
  if ([target, by, orderBy].some((one) => one !== undefined) || typeof condition === 'string' || condition === false) {
    const { InvalidData } = await import('../errors.ts');
    throw new InvalidData('init: expected --from, whose columns are targets and conditions, got none; name the file');
  }
  if (template === 'table') return (await import('./templates/table.ts')).writeTable(folder, io);
  if (template === 'page')
    return { files: await (await import('./templates/page.ts')).writePage(folder), understood: [] };
  return { files: await (await import('./templates/digits.ts')).writeDigits(folder), understood: [] };
};
