import { readFile, rm } from 'node:fs/promises';
import { basename, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InvalidFile } from '../errors.ts';
import { exists } from '../files/exists.ts';
import { writeWhole } from '../files/whole.ts';
import { ownPackage } from '../formats/npm.ts';
import { readText } from '../formats/read.ts';
import { LIBRARY } from '../version.ts';

/** A project's own files. */
export interface ProjectText {
  /** The text of `model.ts`. */
  readonly definition: string;
  /** The options with which `sample` is called. */
  readonly sample: string;
  readonly readme: string;
  /** Where the exported model goes; `out/model` by default. */
  readonly exported?: string;
  /** Further scripts, files by name, and packages that are used while developing: their names. */
  readonly scripts?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  readonly tools?: readonly string[];
  /** Optional packages that it needs: their names. */
  readonly packages?: readonly string[];
}

/**
 * Writes files into a folder, all or none. Returns their paths.
 *
 * @throws InvalidFile if one of them exists already, and then writes none.
 */
export async function writeProject(
  folder: string,
  files: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const paths = Object.keys(files).map((name) => join(folder, name));
  for (const path of paths)
    if (await exists(path))
      throw new InvalidFile(`${path}: expected no such file, got one; choose another folder, or move it away`);
  const written: string[] = [];
  try {
    for (const [name, text] of Object.entries(files)) {
      const path = join(folder, name);
      await writeWhole(path, text);
      written.push(path);
    }
    return paths;
  } catch (error) {
    await Promise.all(written.map((path) => rm(path, { force: true })));
    throw error;
  }
}

/** Returns the files of a project by name: a definition, the scripts that train, export and serve it, and the settings of an editor. */
export const projectFiles = async (
  folder: string,
  project: ProjectText,
): Promise<Readonly<Record<string, string>>> => ({
  'package.json': `${JSON.stringify(await manifest(resolve(folder), project), null, 2)}\n`,
  'model.ts': project.definition,
  'tsconfig.json': TSCONFIG,
  'README.md': project.readme,
  '.npmrc': NPMRC,
  '.gitignore': `node_modules/\nout/\n${project.tools ? 'dist/\npublic/model/\n' : ''}`,
  ...project.files,
});

/** The folder of this package, which contains `dist`, or `src`. */
export const PACKAGE = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Returns the version that a project requests from npm: the one that is running, or the checkout of the repository that it runs
 * from.
 */
const source = (folder: string): string =>
  PACKAGE.includes(`${sep}node_modules${sep}`)
    ? `^${LIBRARY.version}`
    : `file:${relative(folder, PACKAGE).split(sep).join('/')}`;

/** Returns the new project's package.json; the versions of packages are those that this package lists. */
const manifest = async (
  folder: string,
  { sample, exported = 'out/model', scripts, tools = [], packages = [] }: ProjectText,
) => {
  const where = join(PACKAGE, 'package.json');
  const { peerDependencies, devDependencies } = readText(ownPackage, await readFile(where, 'utf8'), {
    where,
    what: 'the package.json of cvae-compile',
    remedy: 'install cvae-compile again',
  });
  const version = (dependency: string) => ({
    [dependency]: peerDependencies[dependency] ?? devDependencies[dependency],
  });
  return {
    name:
      basename(folder)
        .toLowerCase()
        .replaceAll(/[^a-z0-9._-]+/g, '-')
        .replace(/^[._-]+/, '') || 'model',
    private: true,
    type: 'module',
    scripts: {
      start: 'npm run train && npm run export && npm run sample',
      data: 'cvae-compile data model.ts',
      check: 'tsc --noEmit',
      train: 'cvae-compile train model.ts --out out/run',
      evaluate: 'cvae-compile evaluate model.ts --weights out/run',
      export: `cvae-compile export model.ts --weights out/run --out ${exported}`,
      sample: `cvae-compile sample ${exported} ${sample}`,
      serve: `cvae-compile serve ${exported} --open`,
      ...scripts,
      doctor: 'cvae-compile doctor',
    },
    dependencies: Object.assign(
      { [LIBRARY.name]: source(folder) },
      ...['onnxruntime-node', 'onnxruntime-web', ...packages].map(version),
    ),
    devDependencies: Object.assign({}, ...['@types/node', 'typescript', ...tools].map(version)),
  };
};

const TSCONFIG = `{
  "compilerOptions": {
    "strict": true,
    "target": "ES2022",
    "lib": ["ES2023", "DOM"],
    "module": "nodenext",
    "types": ["node"],
    "noEmit": true,
    "allowImportingTsExtensions": true,
    "skipLibCheck": true
  },
  "include": ["*.ts"]
}
`;

// The install scripts of these packages are not needed; cvae-compile doctor does what is.
const NPMRC = 'ignore-scripts=true\n';
