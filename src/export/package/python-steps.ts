import { distributionOf } from '../../distributions/data/table.ts';
import type { ExportedFile, Manifest } from '../../signature.ts';
import { conditionsOf, countOf } from './program.ts';
import { feed, HEAD, session, valueOf } from './python.ts';

/** The files of a decoder that writes y step by step. */
export interface StepFiles {
  readonly start: ExportedFile;
  readonly step: ExportedFile;
}

/** Returns these files; undefined for a model that gives y in one call. */
export const stepFilesOf = ({ files: { start, step } }: Manifest): StepFiles | undefined =>
  start && step && { start, step };

/** Returns the program in Python that repeats `step.onnx`; classes are drawn, of other likelihoods the mean is fed back. */
export const pythonSteps = (manifest: Manifest, folder: string, { start, step }: StepFiles): string => {
  const { target, latent, files } = manifest;
  const { prior } = files;
  const all = [start, step, ...(prior ? [prior] : [])];
  const feeds = conditionsOf(manifest, ...all).map(([name, shape]) => feed(name, valueOf(manifest, name, shape)));
  const [count = 0] = target.shape;
  return `${HEAD}
start = ${session(folder, start)}
step = ${session(folder, step)}
${prior ? `prior = ${session(folder, prior)}\n` : ''}count = ${countOf(manifest)}
random = np.random.default_rng(1)
feeds = {
${feeds.join('\n')}
}


def run(session):
    names = [each.name for each in session.get_outputs()]
    return dict(zip(names, session.run(names, {each.name: feeds[each.name] for each in session.get_inputs()})))


noise = random.standard_normal((count, ${latent}), dtype=np.float32)  # N(0, 1)
${prior ? 'gaussian = run(prior)\nfeeds["z"] = gaussian["mean"] + np.exp(gaussian["logVar"] / 2) * noise' : 'feeds["z"] = noise'}
feeds.update(run(start))
steps = []
for _ in range(${count}):
    made = run(step)
${next(manifest)}
    feeds.update({name[5:]: value for name, value in made.items() if name.startswith("next_")})
y = np.stack(steps, 1)
print(y.shape)  # (${[countOf(manifest), ...(isClasses(manifest) ? target.dataShape : target.shape)].join(', ')})
`;
};

const isClasses = ({ target }: Manifest): boolean => distributionOf(target).values === 'classes';

/** Returns the lines that draw a step, and give it to the next. */
const next = (manifest: Manifest): string => {
  const { end, shape } = manifest.target;
  if (!isClasses(manifest))
    return `    steps.append(made["y"])  # its mean: to draw from the likelihood, see model.json
    feeds["previous"] = made["y"]`;
  const ended =
    end === undefined
      ? ''
      : `\n    if steps:
        drawn = np.where(steps[-1] == ${end}, ${end}, drawn)  # behind its end, a row has nothing else`;
  return `    chances = made["y"].cumsum(-1)
    drawn = (chances / chances[..., -1:] > random.random(chances.shape[:-1] + (1,))).argmax(-1)${ended}
    steps.append(drawn)
    feeds["previous"] = np.eye(${shape.at(-1) ?? 1}, dtype=np.float32)[drawn]`;
};
