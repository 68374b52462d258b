import { counted } from '../../values/counted.ts';
import { shownAt } from '../../values/shown-at.ts';
import { isByIndex } from '../../values/class-count.ts';
import { show } from '../../shape/show.ts';
import type { ExportedFile, Manifest, Part, TargetSignature } from '../../signature.ts';
import { elementTexts } from '../../values/element-names.ts';
import type { CardFacts } from './card-facts.ts';
import { cppSnippet } from './cpp.ts';
import { headOf } from './head.ts';
import { nodeSnippet, pageSnippet } from './javascript.ts';
import { KINDS } from './module.ts';
import { block, code, inMarkdown } from './escape.ts';
import { quoted } from './names.ts';
import { FIGURE, PICTURE } from './picture-files.ts';
import { pythonSnippet } from './python.ts';
import { pythonSteps, stepFilesOf, type StepFiles } from './python-steps.ts';
import { conditionText, targetText } from './variable-text.ts';

/** Returns the text of a package's `README.md`: a model card, in the form that model hubs read. */
export const cardOf = (about: CardFacts): string => {
  const { manifest, folder, license, definition } = about;
  const { name, kind, library } = manifest;
  const steps = stepFilesOf(manifest);
  return `${headOf(about)}
# ${inMarkdown(name)}

${sentence(manifest)} It was made by ${inMarkdown(library)}, and is ordinary ONNX: it runs wherever onnxruntime does.
${pictureOf(about)}${license === undefined ? '\nNo licence was named when it was exported.\n' : `\nLicence of the weights: ${inMarkdown(license)}.\n`}
## In Node

\`npm install onnxruntime-node\` (on Linux its install script fetches CUDA, which is not needed: \`--ignore-scripts\` leaves that
out), and next to this folder:

${block('js', nodeSnippet(manifest, folder))}
\`index.d.ts\` has the types of this very model: a condition that is misspelt does not compile. Nothing else is needed.${hint(manifest)}

## In a page

\`npm install onnxruntime-web\`, and next to this folder and \`node_modules\`, served by any web server:

${block('html', pageSnippet(manifest, folder))}
With a bundler, the import map is not needed: Vite and webpack find the files by themselves. If a bundler does not, put this folder
where the page finds it, and onnxruntime-web's \`ort.wasm.bundle.min.mjs\` and \`ort-wasm-simd-threaded.wasm\` with \`runtime/worker.js\`
into another, and ${code(`open({ from: ${quoted(`/${encodeURIComponent(folder)}/`)}, wasmPaths: '/ort/' })`)}. \`open({ backend: 'webgpu' })\` needs
\`onnxruntime-web/webgpu\` in the import map too; with a bundler, \`open({ backend: webgpu })\` takes \`webgpu\` of this folder's \`webgpu.js\`. The same seed gives the same noise as in Node, to the bit; \`await model.selfTest()\` proves the numbers.

## On a hub

\`hf upload OWNER/NAME .\` in this folder puts it on the Hugging Face hub (\`pip install huggingface_hub\`, then \`hf auth login\`, once). There,
${code("open('hf:OWNER/NAME')")} of \`cvae-compile/runtime\` opens it in Node and in pages, and ${code("open('hf:OWNER/NAME@REVISION')")} a commit of it for good.

## In Python

\`pip install onnxruntime numpy\`, and next to this folder:

${steps ? withSteps(manifest, folder, steps) : elsewhere(manifest, folder)}
${howItHangsTogether(manifest)}
## Inputs

${conditions(manifest)}
${kind === 'cvae' ? `Its latent z has ${counted(manifest.latent, 'dimension')}. No file holds a random operator: noise is an input, and the same noise gives the same result.\n` : ''}
## Output

${outputText(manifest)}

## Files

${fileList(manifest)}
All inputs and outputs are float32 with the batch axis first, of any length N. ${categories(manifest)}, images have channels last and
values from 0 to 1, and continuous values are in the data's own units${scalingTable(manifest) && ': the files standardise them inside'}.
${scalingTable(manifest)}${precision(manifest)}
## Training

${training(about)}

<details><summary>The definition, with the shapes of its networks</summary>

${block('', definition)}
</details>
`;
};

/** Shows what the model draws, if its run has a picture: a row for each of a few held-out examples, or plots of all of them. */
const pictureOf = ({ trained }: CardFacts): string => {
  if (trained?.figure) return `\n![What the model draws, compared with held-out data](${FIGURE})\n`;
  if (!trained?.picture) return '';
  const { columns, rows } = trained.picture;
  const kinds = [...new Set(columns)].map((kind) => {
    const count = columns.filter((one) => one === kind).length;
    return count === 1 ? ONE[kind] : `${count} ${SEVERAL[kind]}`;
  });
  const labels = rows.some(Boolean) ? `, for ${inMarkdown(rows.join('; '))}` : '';
  return `\n![What the model draws](${PICTURE})\n\nHeld-out examples${labels}. From left to right: ${kinds.join(', ')}.\n`;
};

const ONE = {
  given: 'the condition',
  truth: 'the truth',
  guess: 'the single guess of the baseline',
  sample: 'what is drawn',
  reconstruction: 'its reconstruction',
} as const;
const SEVERAL = {
  given: 'conditions',
  truth: 'truths',
  guess: 'guesses',
  sample: 'samples',
  reconstruction: 'reconstructions',
} as const;

const hint = (manifest: Manifest): string => {
  const at = shownAt(manifest);
  return at === undefined || at === 1
    ? ''
    : ` Samples are\nclearer, and less varied, at a temperature of ${at}: \`sample(…, { temperature: ${at} })\`.`;
};

const elsewhere = (manifest: Manifest, folder: string): string => `${block('python', pythonSnippet(manifest, folder))}
## In C++

${block('cpp', cppSnippet(manifest, folder))}`;

const withSteps = (manifest: Manifest, folder: string, steps: StepFiles): string =>
  `${block('python', pythonSteps(manifest, folder, steps))}
## In C++

As in Python: \`start.onnx\` once, and then \`step.onnx\` ${manifest.steps} times, each time with what it gave as \`next_…\` and with what was drawn from
its y as \`previous\`.
`;

const sentence = (manifest: Manifest): string => {
  const { kind, conditions: inputs, target } = manifest;
  const from = Object.keys(inputs).map(code).join(', ');
  const what = target.targets
    ? Object.keys(target.targets).map(code).join(', ')
    : target.image
      ? `images of ${show(target.image)}`
      : `\`y\` of ${show(target.dataShape)}`;
  if (kind === 'predictor') return `Predicts ${what} from ${from || 'nothing'}.`;
  return `${KINDS.cvae[0]?.toUpperCase()}${KINDS.cvae.slice(1)} (Sohn, Lee and Yan, NIPS 2015), which draws ${what}${from && ` given ${from}`}.`;
};

const conditions = ({ conditions: inputs }: Manifest): string => {
  const rows = Object.entries(inputs).map(([name, condition]) => [
    code(name),
    show(['N', ...condition.shape]),
    conditionText(condition, inMarkdown),
  ]);
  return rows.length > 0 ? table(['condition', 'shape in the files', 'what it is given as'], rows) : 'None.\n';
};

const categories = ({ conditions: inputs }: Manifest): string => {
  const indexed = Object.entries(inputs).flatMap(([name, condition]) => (isByIndex(condition) ? [code(name)] : []));
  return indexed.length > 0
    ? `Categories are one-hot (${indexed.join(', ')}: numbers from 0)`
    : 'Categories are one-hot';
};

/** Describes what comes out: y, or each of several targets in a row of a table. */
const outputText = (manifest: Manifest): string => {
  const { target } = manifest;
  const { targets } = target;
  if (!targets)
    return `\`y\`, ${show(['N', ...target.shape])}: ${targetText(target, inMarkdown)}.${spread(manifest, target, '')}`;
  const rows = Object.entries(targets).map(([name, one]) => [
    code(name),
    show(['N', ...one.shape]),
    `${targetText(one, inMarkdown)}.${spread(manifest, one, `${name}_`)}`,
  ]);
  return table(['target', 'shape in the files', 'what it is'], rows);
};

const spread = ({ files }: Manifest, target: TargetSignature, prefix: string): string => {
  const further = Object.entries(target.outputs ?? {}).map(([name, shape]) => `\`${prefix}${name}\` ${show(shape)}`);
  const own = prefix === '' ? 'y' : 'it';
  return `${deviation(files, target, prefix)}${further.length > 0 ? ` Drawing ${own} needs ${further.join(', ')} too.` : ''}`;
};

const deviation = (files: Manifest['files'], target: TargetSignature, prefix: string): string => {
  // Of prior and recognition it is that of z.
  const { prior: _, recognition: __, ...ofTarget } = files;
  const learned = Object.values(ofTarget).some(({ outputs }) => Object.hasOwn(outputs, `${prefix}logVar`));
  if (learned) return ` \`${prefix}logVar\` is log σ² of each element.`;
  if (target.sigma === undefined) return '';
  return typeof target.sigma === 'number' ? ` σ is ${target.sigma}.` : ' σ of each element is in `model.json`.';
};

/** What each file computes. */
const DOES: Readonly<Record<Part, string>> = {
  decoder: 'p(y\\|x,z): y for a z',
  start: 'what the first step is given, for a z',
  step: 'p(y\\|x,z) of one step: y, and the next state',
  prior: 'p(z\\|x): `mean` and `logVar`, which is log σ², of each element of z',
  baseline: 'the best single guess',
  sampler: 'all in one call: z from noise, y from z',
  recognition: 'q(z\\|x,y): `mean` and `logVar`, which is log σ², of each element of z, for a y that is known',
  predictor: 'y',
  draw: 'y drawn from p(y\\|x,z), by noise, for a z',
  evaluation: 'log p(y\\|x) of data, by sampling',
};

/** A list: some files have a dozen outputs, and in the cell of a table they would make it wider than any screen. */
const fileList = ({ files }: Manifest): string =>
  Object.entries(files)
    .map(([part, file]) => {
      const kilobytes = Math.ceil((file.bytes + (file.external?.bytes ?? 0)) / 1000);
      // The manifest has no other parts.
      const does = DOES[part as Part];
      return `- ${code(file.file)} (${kilobytes} kB): ${does}\n  - inputs: ${interfaces(file.inputs)}\n  - outputs: ${interfaces(file.outputs)}\n`;
    })
    .join('');

const interfaces = (all: ExportedFile['inputs']): string =>
  Object.entries(all)
    .map(([name, shape]) => `${code(name)} ${show(['N', ...shape])}`)
    .join(', ');

const scalingTable = ({ conditions: inputs, target }: Manifest): string => {
  const rows = Object.entries({ ...inputs, ...(target.targets ?? { y: target }) }).flatMap(([name, variable]) => {
    const { scaling, names } = variable;
    if (!scaling) return [];
    if (!names || names.length > MANY) return [[code(name), list(scaling.mean), list(scaling.deviation)]];
    return elementTexts(name, variable).map((text, i) => [
      text === name ? code(name) : `${code(name)}: ${inMarkdown(text)}`,
      short(scaling.mean[i]),
      short(scaling.deviation[i]),
    ]);
  });
  return rows.length > 0 ? `\n${table(['variable', 'mean of the data', 'deviation'], rows)}` : '';
};

/** Up to this many elements have a line each. */
const MANY = 32;

const list = (values: readonly number[]): string =>
  values.length > 8 ? `${values.length} numbers, in \`model.json\`` : values.map(short).join(', ');

const short = (value = NaN): string => `${Number(value.toPrecision(4))}`;

const precision = ({ precision: found, target: { scaling } }: Manifest): string => {
  if (!found) return '';
  const losses = Object.entries(found.losses).map(([part, loss]) => `${part} ${loss.toExponential(1)}`);
  const units = scaling ? ', of y in its standard deviations' : '';
  const cost = found.cost;
  const nats = cost
    ? ` On ${cost.examples} examples (${cost.part}${cost.why === undefined ? '' : `: ${cost.why}`}) −log p(y\\|x) rises by ${cost.rise.toFixed(3)} ± ${cost.error.toFixed(3)} ${cost.unit}, from ${cost.loss.toFixed(2)}.${cost.int8 ? ` ${cost.int8.map(code).join(', ')} are int8.` : ''}${cost.left.length > 0 ? ` ${cost.left.map(code).join(', ')} keep float32.` : ''}`
    : '';
  return `\nWeights are stored in ${found.weights} and computed with in float32. What that costs, as the largest \\|a − b\\| / (1 + \\|b\\|)${units}: ${losses.join(', ')}.${nats}\n`;
};

const training = ({ trained }: CardFacts): string => {
  if (!trained) return 'How it was trained is not known here: its weights did not come from the folder of a run.';
  const { data, figures, unit, epochs, seed, engine } = trained;
  const counts = [
    `${data.train} examples to train on`,
    `${data.validation} for validation`,
    `${data.test} for the test`,
  ];
  const sum = data.checksum === null ? '' : ` (SHA-256 of the data ${code(data.checksum)})`;
  const how = `${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}, seed ${seed}, ${inMarkdown(`${engine.name} ${engine.version}`)}`;
  const rows = Object.entries(figures).map(([part, { negativeElbo, reconstruction, kl }]) => [
    part,
    ...[negativeElbo, reconstruction, kl].map((value) => value?.toFixed(2) ?? ''),
  ]);
  const head = ['part', `${unit === 'nats' ? '−ELBO' : 'loss'} (${unit})`, 'reconstruction', 'KL'];
  return `Data: ${inMarkdown(data.name)}${sum}: ${counts.join(', ')}. ${how}.${rows.length > 0 ? `\n\n${table(head, rows).trimEnd()}` : ''}`;
};

const howItHangsTogether = (manifest: Manifest): string => {
  const { sampler, prior } = manifest.files;
  if (manifest.kind === 'predictor') return '';
  const z = prior
    ? '`prior.onnx` gives mean and logVar, z = mean + exp(logVar / 2) · noise'
    : 'z is noise from N(0, I)';
  const whole = sampler ? `${code(sampler.file)} does all in one call. ` : '';
  const y = stepFilesOf(manifest)
    ? '`start.onnx` gives `previous` and whatever else the first step needs, and `step.onnx` gives y of a step, and the next state'
    : '`decoder.onnx` gives y';
  return `${whole}In steps: ${z}, and ${y}.
${manifest.training ? '\n`train.onnx` and `state.safetensors` are for further training: `trainer` of cvae-compile/runtime opens this folder.\n' : ''}`;
};

/** Returns a Markdown table. */
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |\n`).join('');
