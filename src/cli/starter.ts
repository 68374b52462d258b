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
  /** Optional packages that it needs, and others that it may have: their names. */
  readonly packages?: readonly string[];
  readonly optional?: readonly string[];
}

/** Writes a new project into a folder, a model of the digits that come with this package. @throws InvalidFile as `writeProject` does. */
export const writeStarter = async (folder: string): Promise<readonly string[]> =>
  writeProject(
    folder,
    await projectFiles(folder, {
      definition: MODEL,
      sample: SAMPLE,
      readme: readme(basename(resolve(folder))),
      optional: ['@tensorflow/tfjs-node'],
    }),
  );

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
  { definition, sample, readme: text, packages, optional }: ProjectText,
): Promise<Readonly<Record<string, string>>> => ({
  'package.json': `${JSON.stringify(await manifest(resolve(folder), sample, packages, optional), null, 2)}\n`,
  'model.ts': definition,
  'tsconfig.json': TSCONFIG,
  'README.md': text,
  '.npmrc': NPMRC,
  '.gitignore': 'node_modules/\nout/\n',
});

/** The folder of this package, which contains `dist`, or `src`. */
const PACKAGE = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Returns the version that a project requests from npm: the one that is running, or the checkout of the repository that it runs
 * from.
 */
const source = (folder: string): string =>
  PACKAGE.includes(`${sep}node_modules${sep}`)
    ? `^${LIBRARY.version}`
    : `file:${relative(folder, PACKAGE).split(sep).join('/')}`;

/** Returns the new project's package.json; the versions of optional packages are those that this package lists. */
const manifest = async (
  folder: string,
  sample: string,
  packages: readonly string[] = [],
  optional: readonly string[] = [],
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
      export: 'cvae-compile export model.ts --weights out/run --out out/model',
      sample: `cvae-compile sample out/model ${sample}`,
      serve: 'cvae-compile serve out/model --open',
      doctor: 'cvae-compile doctor --fix',
    },
    dependencies: Object.assign(
      { [LIBRARY.name]: source(folder) },
      ...['onnxruntime-node', 'onnxruntime-web', ...packages].map(version),
    ),
    devDependencies: { ...version('@types/node'), ...version('typescript') },
    ...(optional.length > 0 && { optionalDependencies: Object.assign({}, ...optional.map(version)) }),
  };
};

const SAMPLE = '--set digit=all --count 12 --seed 2 --temperature 0.6 --out out/digits.png';

const MODEL = `import { bernoulli, categorical, concat, cvae, dense, gaussian, relu } from 'cvae-compile';
import { digits } from 'cvae-compile/data';
import type { TrainOptions } from 'cvae-compile/train';

/** Draws a digit that it is told. */
export default cvae({
  condition: { digit: categorical(10) },
  target: bernoulli(784, { image: [28, 28, 1] }),
  latent: 20,
  recognition: ({ y, digit }) => concat(y, digit).pipe(dense(200), relu, gaussian(20)),
  decoder: ({ z, digit }) => concat(z, digit).pipe(dense(200), relu, dense(784)),
});

/** The digits that come with cvae-compile. */
export const data = digits;

export const training: TrainOptions = { epochs: 35, learningRate: 0.005 };
`;

const TSCONFIG = `{
  "compilerOptions": {
    "strict": true,
    "target": "ES2022",
    "lib": ["ES2023"],
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

const readme = (name: string): string => `# ${name}

A conditional VAE, defined in [model.ts](model.ts).

    npm install
    npm start         # trains, exports, samples

leaves the weights in \`out/run\`, the ONNX files in \`out/model\`, and a picture of sampled digits in \`out/digits.png\`.

Training runs in onnxruntime, which is installed, and the faster engine where both were measured. \`npm run doctor\` sets up the
other one, TensorFlow by tfjs-node (a large download, once), which training takes from then on; \`--engine onnx\` keeps to the first.

What to try next: change a layer in \`model.ts\` and look at it with \`npx cvae-compile inspect model.ts\`; draw one digit with
\`npx cvae-compile sample out/model --set digit=7 --count 16 --temperature 0.6 --out out/sevens.png\`.
`;
