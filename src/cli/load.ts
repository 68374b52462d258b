import { stat } from 'node:fs/promises';
import { basename, dirname, extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Data } from '../data/source.ts';
import { isModel, type Model } from '../dsl/model.ts';
import { checkOptions } from '../dsl/check-arguments.ts';
import { InvalidFile, InvalidModel } from '../errors.ts';
import { TRAIN_RULES } from '../train/options.ts';
import type { TrainOptions } from '../train/train.ts';
import { LOGGERS, type TrainingLogger } from '../training/loggers.ts';
import { valueText } from '../values/value-text.ts';
import { keepingFrames } from './code-place.ts';
import { DEFINITION_ENDINGS, definitionError } from './definition-error.ts';

/** The content of a definition file: the model as its default export, and optionally data and training options. */
export interface Definition {
  /** The path of the file, as it was given. */
  readonly path: string;
  /** The name of the model: the file, or its folder if the file is called `model`. */
  readonly name: string;
  readonly model: Model;
  readonly data?: Data;
  readonly training: TrainOptions;
  /** The loggers that `training` names, which are notified of what a run does. */
  readonly loggers: readonly TrainingLogger[];
}

/**
 * Loads a definition, in TypeScript or JavaScript, without a build step and on every supported version of Node. Its imports of
 * `cvae-compile` resolve to this package, whether or not it is installed next to the definition.
 *
 * @throws InvalidFile if there is no such file, InvalidModel if it is not a definition; an error that the definition itself
 * throws as one sentence with the position.
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
  const loaded = await keepingFrames(() => jiti.import<Readonly<Record<string, unknown>>>(file)).catch(
    (error: unknown) => {
      throw definitionError(error, path, 'a definition that loads');
    },
  );
  const { default: model, data, training } = loaded;
  if (!isModel(model))
    throw new InvalidModel(
      `${path}: expected a model as the default export, got ${model === undefined ? 'none' : valueText(model)}; write export default cvae({ … })`,
    );
  checkTraining(path, training);
  const { loggers = [], ...options }: Training = training ?? {};
  // Errors in the data are reported when the data are used; a command that does not use them may ignore them.
  void Promise.resolve(data).catch(() => undefined);
  return {
    path,
    name: nameOf(file),
    model,
    // `toDataset` checks data in full when they are used, and reports errors.
    ...(data !== undefined && { data: data as Data }),
    training: options,
    loggers,
  };
}

/**
 * This package's modules, by the names under which a definition imports them. All but the first are loaded on demand: jiti awaits
 * what it imports, so that a promise serves as a module.
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
  get 'cvae-compile/runtime/webgpu'() {
    return import('../runtime/web/webgpu.ts');
  },
  get 'cvae-compile/onnx'() {
    return import('../onnx/index.ts');
  },
  get 'cvae-compile/testing'() {
    return import('../testing/index.ts');
  },
});

const checkFile = async (path: string): Promise<void> => {
  const refuse = (got: string, remedy: string): never => {
    throw new InvalidFile(`${path}: expected a definition, got ${got}; ${remedy}`);
  };
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return refuse('no such file', 'correct the path');
  if (found.isDirectory()) return refuse('a folder', 'name the file in it that defines the model, such as model.ts');
  if (!DEFINITION_ENDINGS.includes(extname(path)))
    return refuse(`a ${extname(path) || basename(path)} file`, `name one of ${DEFINITION_ENDINGS.join(', ')}`);
};

const nameOf = (file: string): string => {
  const name = basename(file, extname(file));
  return name === 'model' ? basename(dirname(file)) : name;
};

function checkTraining(path: string, training: unknown): asserts training is Training | undefined {
  if (training === undefined) return;
  if (typeof training !== 'object' || training === null || Array.isArray(training))
    throw new InvalidModel(
      `${path}: expected training to be options such as { epochs: 20 }, got ${valueText(training)}; export such options`,
    );
  checkOptions(`${path}: training`, RULES, training);
}

/** What a definition may say of training. */
interface Training extends TrainOptions {
  readonly loggers?: readonly TrainingLogger[];
}

/** The options of `train()` except those that only a process can have, not a definition. */
const RULES = {
  ...Object.fromEntries(Object.entries(TRAIN_RULES).filter(([name]) => name !== 'signal' && name !== 'resume')),
  loggers: LOGGERS,
};
