import { stat } from 'node:fs/promises';
import { basename, dirname, extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Data } from '../data/source.ts';
import { isModel, type Model } from '../dsl/model.ts';
import { checkOptions } from '../dsl/check-arguments.ts';
import { InvalidFile, InvalidModel } from '../errors.ts';
import { TRAIN_RULES } from '../train/options.ts';
import type { TrainOptions } from '../train/train.ts';
import { valueText } from '../values/value-text.ts';
import { explained } from './definition-error.ts';

/** What a definition file holds: the model as its default export, and optionally what trains it and how. */
export interface Definition {
  /** The file as it was named. */
  readonly path: string;
  /** What the model is called: the file, or its folder where the file is called `model`. */
  readonly name: string;
  readonly model: Model;
  readonly data?: Data;
  readonly training: TrainOptions;
}

/**
 * Reads a definition, in TypeScript or JavaScript, without a build step and on every Node that is supported. What it imports
 * of `cvae-compile` is this very package, whether or not that is installed beside it.
 *
 * @throws InvalidFile where there is no such file, InvalidModel where it is not a definition; an error that the definition
 * itself throws as one sentence with the place.
 */
export async function load(path: string): Promise<Definition> {
  await checkFile(path);
  const file = resolve(path);
  const { createJiti } = await import('jiti');
  const jiti = createJiti(pathToFileURL(file).href, {
    interopDefault: false,
    moduleCache: false,
    virtualModules: await modules(),
  });
  const loaded = await jiti.import<Readonly<Record<string, unknown>>>(file).catch((error: unknown) => {
    throw explained(error, path, 'a definition that loads');
  });
  const { default: model, data, training } = loaded;
  if (!isModel(model))
    throw new InvalidModel(
      `${path}: expected a model as the default export, got ${model === undefined ? 'none' : valueText(model)}; write export default cvae({ … })`,
    );
  checkTraining(path, training);
  // Whoever uses the data hears of what is wrong with them; a command that does not use them need not.
  void Promise.resolve(data).catch(() => undefined);
  return {
    path,
    name: nameOf(file),
    model,
    // `toDataset` checks data in full when they are used, and says what is wrong.
    ...(data !== undefined && { data: data as Data }),
    training: training ?? {},
  };
}

/**
 * This package's modules, by the names that a definition imports them under. All but the first are loaded when they are
 * asked for: jiti awaits what it imports, so that a promise serves as a module.
 */
const modules = async () => ({
  'cvae-compile': await import('../index.ts'),
  get 'cvae-compile/data'() {
    return import('../data/index.ts');
  },
  get 'cvae-compile/train'() {
    return import('../train/index.ts');
  },
  get 'cvae-compile/compiler'() {
    return import('../compiler/index.ts');
  },
  get 'cvae-compile/runtime'() {
    return import('../runtime/node.ts');
  },
  get 'cvae-compile/onnx'() {
    return import('../onnx/index.ts');
  },
  get 'cvae-compile/testing'() {
    return import('../testing/index.ts');
  },
});

const EXTENSIONS = ['.ts', '.mts', '.js', '.mjs'];

const checkFile = async (path: string): Promise<void> => {
  const refuse = (got: string, remedy: string): never => {
    throw new InvalidFile(`${path}: expected a definition, got ${got}; ${remedy}`);
  };
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return refuse('no such file', 'correct the path');
  if (found.isDirectory()) return refuse('a folder', 'name the file in it that defines the model, such as model.ts');
  if (!EXTENSIONS.includes(extname(path)))
    return refuse(`a ${extname(path) || basename(path)} file`, `name one of ${EXTENSIONS.join(', ')}`);
};

const nameOf = (file: string): string => {
  const name = basename(file, extname(file));
  return name === 'model' ? basename(dirname(file)) : name;
};

function checkTraining(path: string, training: unknown): asserts training is TrainOptions | undefined {
  if (training === undefined) return;
  if (typeof training !== 'object' || training === null || Array.isArray(training))
    throw new InvalidModel(
      `${path}: expected training to be options such as { epochs: 20 }, got ${valueText(training)}; export such options`,
    );
  checkOptions(`${path}: training`, RULES, training);
}

/** The options of `train()` but for those that a process has and no definition. */
const RULES = Object.fromEntries(
  Object.entries(TRAIN_RULES).filter(([name]) => name !== 'signal' && name !== 'resume' && !name.startsWith('on')),
);
