import { size } from '../../shape/size.ts';
import type { Condition, Manifest } from '../../signature.ts';
import { inHtml, inScript } from './escape.ts';
import { member, quoted } from './names.ts';
import { classOf, countOf, isMaskOfGiven, shownOf, usualOf } from './program.ts';

/** Returns the program in Node, which lies next to the package's folder. */
export const nodeSnippet = (
  manifest: Manifest,
  folder: string,
): string => `import { open } from ${quoted(`./${encodeURIComponent(folder)}/index.js`)};

const model = await open();
const ${call(manifest)};
console.log(samples${firstOf(manifest)}.shape); // ${shapeNote(manifest)}
await model.close();
`;

/** Returns the page, which lies next to the package's folder and node_modules. */
export const pageSnippet = (manifest: Manifest, folder: string): string => {
  const { image, targets } = manifest.target;
  const show = image
    ? `const { data, width, height } = toRgba(samples.grid());
  const canvas = document.querySelector('canvas');
  Object.assign(canvas, { width, height });
  canvas.getContext('2d').putImageData(new ImageData(data, width, height), 0, 0);`
    : `document.querySelector('pre').textContent = ${targets ? rowsOf(Object.keys(targets)) : `samples.data.join(' ')`};`;
  return `<!doctype html>
<meta charset="utf-8" />
<title>${inHtml(folder)}</title>
${image ? '<canvas></canvas>' : '<pre></pre>'}
<script type="importmap">
  { "imports": { "onnxruntime-web/wasm": "./node_modules/onnxruntime-web/dist/ort.wasm.bundle.min.mjs" } }
</script>
<script type="module">
  import { ${image ? 'open, toRgba' : 'open'} } from ${quoted(`./${encodeURIComponent(folder)}/index.js`)};

  const model = await open();
  const ${inScript(call(manifest))};
  ${show}
</script>
`;
};

const call = (manifest: Manifest): string => {
  const { kind, conditions } = manifest;
  const given = Object.entries(conditions).flatMap(([name, condition]) =>
    // The mask of a value follows from it.
    isMaskOfGiven(manifest, condition) ? [] : [`${member(name)}: ${inJs(manifest, condition)}`],
  );
  const argument = given.length > 0 ? `{ ${given.join(', ')} }` : '{}';
  if (kind === 'predictor') return `samples = await model.mean(${argument})`;
  return `samples = await model.sample(${argument}, { count: ${countOf(manifest)}, seed: 1 })`;
};

/** Returns what gives the values of several targets as text, a line for each. */
const rowsOf = (names: readonly string[]): string =>
  `[${names.map((name) => `samples.${name}`).join(', ')}].map(({ data }) => data.join(' ')).join('\\n')`;

/** Returns the access to the first of several targets in a result. */
const firstOf = ({ target }: Manifest): string => Object.keys(target.targets ?? {}).map((name) => `.${name}`)[0] ?? '';

const shapeNote = (manifest: Manifest): string => `[${[countOf(manifest), ...shownOf(manifest)[1]].join(', ')}]`;

const inJs = (manifest: Manifest, condition: Condition): string => {
  const { kind, dataShape, classes } = condition;
  if (kind === 'image' || size(dataShape) > 1) return `new Float32Array(${size(dataShape)})`;
  if (kind === 'continuous')
    return size(dataShape) === 1 ? usualOf(manifest, condition) : `[${usualOf(manifest, condition)}]`;
  const index = classOf(condition);
  return typeof classes === 'object' ? quoted(classes[index] ?? '') : `${index}`;
};
