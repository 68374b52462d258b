import { distributionOf } from '../../distributions/data/table.ts';
import type { ExportedFile, Manifest, TargetSignature } from '../../signature.ts';
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
  const several = target.targets !== undefined;
  const members = Object.entries(target.targets ?? { y: target });
  const [[first = '', { shape = [] } = target] = []] = members;
  const shown = isClasses(members[0]?.[1] ?? target) ? shape.slice(0, -1) : shape;
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
steps = {${members.map(([name]) => `${JSON.stringify(name)}: []`).join(', ')}}
for _ in range(${shape[0] ?? 0}):
${noiseLines(step)}    made = run(step)
${members.map(([name, one]) => next(name, one, several, 'draw' in step.outputs)).join('\n')}
    feeds.update({name[5:]: value for name, value in made.items() if name.startswith("next_")})
${several ? `y = {name: np.stack(each, 1) for name, each in steps.items()}${behindEnd(members)}` : 'y = np.stack(steps["y"], 1)'}
print(y${several ? `[${JSON.stringify(first)}]` : ''}.shape)  # (${[countOf(manifest), ...shown].join(', ')})
`;
};

/** Returns the lines that make the noise of a step, if the file draws y itself. */
const noiseLines = ({ inputs, outputs }: ExportedFile): string => {
  if (!('draw' in outputs)) return '';
  const kinds = { uniform: 'random.random', normal: 'random.standard_normal' };
  return Object.entries(kinds)
    .flatMap(([kind, made]) => {
      const size = ['count', ...(inputs[kind] ?? [])].join(', ');
      return kind in inputs ? [`    feeds["${kind}"] = ${made}((${size}), dtype=np.float32)\n`] : [];
    })
    .join('');
};

/** Returns the lines that leave nothing of other targets where one of them has ended. */
const behindEnd = (members: readonly (readonly [string, TargetSignature])[]): string =>
  members
    .flatMap(([ends, { end }]) =>
      end === undefined
        ? []
        : members
            .filter(([name]) => name !== ends)
            .map(
              ([name]) =>
                `\ny[${JSON.stringify(name)}][y[${JSON.stringify(ends)}] == ${end}] = 0  # nothing at the end, or behind it`,
            ),
    )
    .join('');

const isClasses = (target: TargetSignature): boolean => distributionOf(target).values === 'classes';

/** Returns the lines that draw a step of a target, and give it to the next. */
const next = (name: string, target: TargetSignature, several: boolean, drawsItself: boolean): string => {
  const { end, shape } = target;
  const [key, previous] = [JSON.stringify(name), JSON.stringify(several ? `previous_${name}` : 'previous')];
  if (drawsItself)
    return `    steps[${key}].append(made["draw"])
    feeds[${previous}] = made["draw"]`;
  if (!isClasses(target))
    return `    steps[${key}].append(made[${key}])  # its mean: to draw from the likelihood, see model.json
    feeds[${previous}] = made[${key}]`;
  const ended =
    end === undefined
      ? ''
      : `\n    if steps[${key}]:
        drawn = np.where(steps[${key}][-1] == ${end}, ${end}, drawn)  # behind its end, a row has nothing else`;
  return `    chances = made[${key}].cumsum(-1)
    drawn = (chances / chances[..., -1:] > random.random(chances.shape[:-1] + (1,))).argmax(-1)${ended}
    steps[${key}].append(drawn)
    feeds[${previous}] = np.eye(${shape.at(-1) ?? 1}, dtype=np.float32)[drawn]`;
};
