import { isByIndex } from '../../values/class-count.ts';
import type { ExportedFile, Manifest } from '../../signature.ts';
import { inQuotes } from './escape.ts';
import { callsOf, classNoteOf, classOf, conditionsOf, countOf, numbersNoteOf, shownOf, usualOf } from './program.ts';

/** The first lines of a program. */
export const HEAD = `import os

import numpy as np

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # before onnxruntime is loaded
import onnxruntime
`;

/** Returns the program in Python, which needs only numpy and onnxruntime. */
export const pythonSnippet = (manifest: Manifest, folder: string): string => {
  const calls = callsOf(manifest);
  const [shown, shape] = shownOf(manifest);
  return `${HEAD}
${calls.whole ? inOneCall(manifest, folder, calls.whole) : inSteps(manifest, folder, calls.prior, calls.decoder)}
print(y${manifest.target.targets ? `[${JSON.stringify(shown)}]` : ''}.shape)  # (${[countOf(manifest), ...shape].join(', ')})
`;
};

const inOneCall = (manifest: Manifest, folder: string, file: ExportedFile): string => {
  const feeds = Object.entries(file.inputs).map(([name, shape]) => feed(name, valueOf(manifest, name, shape)));
  return `session = ${session(folder, file)}
count = ${countOf(manifest)}
feeds = {
${feeds.join('\n')}
}
${computed(manifest, file, 'session', 'feeds')}`;
};

const inSteps = (manifest: Manifest, folder: string, prior: ExportedFile, decoder: ExportedFile): string => {
  const feeds = conditionsOf(manifest, prior, decoder).map(([name, shape]) =>
    feed(name, valueOf(manifest, name, shape)),
  );
  return `prior = ${session(folder, prior)}
decoder = ${session(folder, decoder)}
count = ${countOf(manifest)}
feeds = {
${feeds.join('\n')}
}


def inputs(session):
    return {each.name: feeds[each.name] for each in session.get_inputs()}


z_mean, z_log_var = prior.run(["mean", "logVar"], inputs(prior))
noise = np.random.default_rng(1).standard_normal(z_mean.shape, dtype=np.float32)  # N(0, 1)
feeds["z"] = z_mean + np.exp(z_log_var / 2) * noise
${computed(manifest, decoder, 'decoder', 'inputs(decoder)')}`;
};

/** Returns the expression that opens a file. */
export const session = (folder: string, { file }: ExportedFile): string =>
  `onnxruntime.InferenceSession(${inQuotes(`${folder}/${file}`)})`;

/** Returns the line of an input and its value. */
export const feed = (name: string, value: string): string => `    ${JSON.stringify(name)}: ${value}`;

const outputsOf = ({ outputs }: ExportedFile): string => JSON.stringify(Object.keys(outputs));

/** Returns the lines that run a file: its results are variables, or those of several targets a dictionary by name. */
const computed = ({ target }: Manifest, file: ExportedFile, by: string, feeds: string): string =>
  target.targets
    ? `names = ${outputsOf(file)}\ny = dict(zip(names, ${by}.run(names, ${feeds})))`
    : `${resultsOf(file)} = ${by}.run(${outputsOf(file)}, ${feeds})`;

/** Returns the variables that are assigned to: `y,` or `y, log_var`. */
const resultsOf = ({ outputs }: ExportedFile): string => {
  const names = Object.keys(outputs).map((name) => (name === 'logVar' ? 'log_var' : name));
  return names.length === 1 ? `${names.join('')},` : names.join(', ');
};

/** Returns a value of an input, and the comment after it: noise for everything that is not a condition. */
export const valueOf = (manifest: Manifest, name: string, shape: readonly number[]): string => {
  const condition = manifest.conditions[name];
  const size = `(${['count', ...shape].join(', ')})`;
  if (!condition) return `np.random.default_rng(1).standard_normal(${size}, dtype=np.float32),  # N(0, 1)`;
  if (condition.kind === 'image')
    return `np.zeros(${size}, np.float32),  # pixels from 0 to 1: bytes are divided by 255`;
  if (condition.kind === 'continuous')
    return `np.full(${size}, ${usualOf(manifest, condition)}, np.float32),  # ${numbersNoteOf(condition)}`;
  if (isByIndex(condition))
    return `np.full(${size}, ${classOf(condition)}, np.float32),  # a class by its number from 0${classNoteOf(condition)}`;
  const classes = shape.at(-1) ?? 1;
  if (shape.length > 1)
    return `np.eye(${classes}, dtype=np.float32)[np.zeros((${['count', ...shape.slice(0, -1)].join(', ')}), int)],  # one-hot`;
  return `np.eye(${classes}, dtype=np.float32)[[${classOf(condition)}] * count],  # one-hot${classNoteOf(condition)}`;
};
