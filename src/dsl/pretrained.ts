import type { Pretrained } from '../graph/node.ts';
import { flag, isPlain, isText, rule, type Rules } from '../values/rules.ts';
import { checkOptions } from './check-arguments.ts';

/** Weights that were trained elsewhere, from which a network starts. */
export interface PretrainedOptions {
  /** A safetensors file: a path from the working directory, or `new URL('./encoder.safetensors', import.meta.url)`. */
  readonly file: string | { readonly href: string };
  /**
   * The file's name of each parameter, by its name in this network: `{ 'conv2d_1/kernel': 'features.0.weight' }`. If
   * omitted, the file has them under the names that this library writes, `encoder/conv2d_1/kernel`.
   */
  readonly names?: Readonly<Record<string, string>>;
  /**
   * `'pytorch'` if kernels have PyTorch's order of axes, output channels first; if omitted, they have TensorFlow's. A
   * dense layer behind `flatten` sees channels last here, whatever the file's network saw.
   */
  readonly from?: 'pytorch';
  /** Whether training leaves the weights as they are, and computes the network as in use; false if omitted. */
  readonly frozen?: boolean;
}

const namesFile = (value: unknown): boolean =>
  isText(value) || (typeof value === 'object' && value !== null && 'href' in value && isText(value.href));

const MEMBERS: Rules = {
  file: rule('a path or a URL', namesFile, 'name a safetensors file'),
  names: rule(
    'names in the file by names in the network',
    (value) => isPlain(value) && Object.values(value).every(isText),
    "write { 'dense_1/kernel': 'fc.weight' }",
  ),
  from: rule('pytorch', (value) => value === 'pytorch', 'leave it out if kernels have the order of Keras'),
  frozen: flag,
};

/** The rule of the option `pretrained`. */
export const PRETRAINED = rule(
  'a record of file, names, from and frozen',
  isPlain,
  "write { file: 'encoder.safetensors' }",
);

/** Returns what a network keeps of the option. @throws InvalidModel for members that make no sense. */
export const pretrainedOf = (name: string, options: PretrainedOptions): Pretrained => {
  checkOptions(`network ${name}, pretrained`, MEMBERS, options, ['file']);
  const { file, frozen = false } = options;
  return { ...options, file: typeof file === 'string' ? file : file.href, frozen };
};
