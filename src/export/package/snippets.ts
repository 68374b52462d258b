import { show } from '../../shape/show.ts';
import { size } from '../../shape/size.ts';
import type { Condition, ExportedFile, Manifest } from '../../signature.ts';
import { atLineEnd, inHtml, inQuotes, inScript } from './escape.ts';
import { isName, member, quoted } from './names.ts';

/** How many samples the examples of a card ask for. */
const COUNT = 16;

/** The program in Node: it lies beside the package's folder. */
export const nodeSnippet = (
  manifest: Manifest,
  folder: string,
): string => `import { open } from ${quoted(`./${encodeURIComponent(folder)}/index.js`)};

const model = await open();
const ${call(manifest)};
console.log(samples.shape); // ${shapeNote(manifest)}
await model.close();
`;

/** The page: it lies beside the package's folder and node_modules. */
export const pageSnippet = (manifest: Manifest, folder: string): string => {
  const { image } = manifest.target;
  const show = image
    ? `const { data, width, height } = toRgba(samples.grid());
  const canvas = document.querySelector('canvas');
  Object.assign(canvas, { width, height });
  canvas.getContext('2d').putImageData(new ImageData(data, width, height), 0, 0);`
    : `document.querySelector('pre').textContent = samples.data.join(' ');`;
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
  const given = Object.entries(conditions).map(([name, condition]) => `${member(name)}: ${inJs(condition)}`);
  const told = given.length > 0 ? `{ ${given.join(', ')} }` : '{}';
  if (kind === 'predictor') return `samples = await model.mean(${told})`;
  return `samples = await model.sample(${told}, { count: ${COUNT}, seed: 1 })`;
};

const shapeNote = ({ kind, target }: Manifest): string => show([kind === 'cvae' ? COUNT : 1, ...target.shape]);

const inJs = (condition: Condition): string => {
  const { kind, dataShape, classes } = condition;
  if (kind === 'image' || size(dataShape) > 1) return `new Float32Array(${size(dataShape)})`;
  if (kind === 'continuous') return size(dataShape) === 1 ? usual(condition) : `[${usual(condition)}]`;
  const index = classOf(condition);
  return typeof classes === 'object' ? quoted(classes[index] ?? '') : `${index}`;
};

/** The class that the examples give: 7 where there is one, as of digits. */
const classOf = ({ shape }: Condition): number => Math.min(7, (shape.at(-1) ?? 1) - 1);

/** A number as the data have them. */
const usual = ({ scaling }: Condition): string => `${Number((scaling?.mean[0] ?? 0).toPrecision(3))}`;

/** The file that does all in one call, and the part it is. */
export const whole = ({ files }: Manifest): ExportedFile => {
  const file = files.sampler ?? files.predictor;
  if (!file) throw new Error('a package has a sampler or a predictor');
  return file;
};

/** The program in Python, with nothing but numpy and onnxruntime. */
export const pythonSnippet = (manifest: Manifest, folder: string): string => {
  const { file, inputs, outputs } = whole(manifest);
  const count = manifest.kind === 'cvae' ? COUNT : 1;
  const feeds = Object.entries(inputs).map(
    ([name, shape]) => `    ${JSON.stringify(name)}: ${inPython(manifest, name, shape)}`,
  );
  const results = Object.keys(outputs);
  return `import os

import numpy as np

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # before onnxruntime is loaded
import onnxruntime

session = onnxruntime.InferenceSession(${inQuotes(`${folder}/${file}`)})
count = ${count}
feeds = {
${feeds.join('\n')}
}
${results.map((name) => (name === 'logVar' ? 'log_var' : name)).join(', ')}${results.length === 1 ? ',' : ''} = session.run(${JSON.stringify(results)}, feeds)
print(y.shape)  # (${[count, ...manifest.target.shape].join(', ')})
`;
};

const inPython = ({ conditions }: Manifest, name: string, shape: readonly number[]): string => {
  const condition = conditions[name];
  const size = `(${['count', ...shape].join(', ')})`;
  if (!condition) return `np.random.default_rng(1).standard_normal(${size}, dtype=np.float32),  # N(0, 1)`;
  if (condition.kind === 'image')
    return `np.zeros(${size}, np.float32),  # pixels from 0 to 1: bytes are divided by 255`;
  if (condition.kind === 'continuous')
    return `np.full(${size}, ${usual(condition)}, np.float32),  # in the data's own units`;
  const classes = shape.at(-1) ?? 1;
  if (shape.length > 1)
    return `np.eye(${classes}, dtype=np.float32)[np.zeros((${['count', ...shape.slice(0, -1)].join(', ')}), int)],  # one-hot`;
  return `np.eye(${classes}, dtype=np.float32)[[${classOf(condition)}] * count],  # one-hot${named(condition)}`;
};

const named = (condition: Condition): string =>
  typeof condition.classes === 'object' ? `: ${atLineEnd(condition.classes[classOf(condition)] ?? '')}` : '';

/** The program in C++, with onnxruntime's own header. */
export const cppSnippet = (manifest: Manifest, folder: string): string => {
  const { file, inputs, outputs } = whole(manifest);
  const entries = Object.entries(inputs).map(([name, shape], i) => ({
    name,
    shape,
    own: isName(name) ? `${name}_` : `input_${i}`,
  }));
  const noisy = entries.some(({ name }) => !Object.hasOwn(manifest.conditions, name));
  const filled = entries.map(({ name, shape, own }) => inCpp(manifest, name, shape, own)).join('\n');
  const names = (all: readonly string[]) => all.map((name) => JSON.stringify(name)).join(', ');
  return `#include <onnxruntime_cxx_api.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <vector>

int main() {
  // Before onnxruntime starts: it collects telemetry otherwise.
#ifdef _WIN32
  if (!std::getenv("ORT_DISABLE_TELEMETRY")) _putenv_s("ORT_DISABLE_TELEMETRY", "1");
#else
  setenv("ORT_DISABLE_TELEMETRY", "1", 0);
#endif
  Ort::Env env;
  Ort::Session session(env, ORT_TSTR(${inQuotes(`${folder}/${file}`)}), Ort::SessionOptions{});
  const int64_t count = ${manifest.kind === 'cvae' ? COUNT : 1};
${noisy ? '  std::mt19937 generator(1);\n  std::normal_distribution<float> normal;\n' : ''}
${filled}

  auto memory = Ort::MemoryInfo::CreateCpu(OrtArenaAllocator, OrtMemTypeDefault);
  auto tensor = [&](std::vector<float>& data, std::vector<int64_t> shape) {
    return Ort::Value::CreateTensor<float>(memory, data.data(), data.size(), shape.data(), shape.size());
  };
  const char* names[] = {${names(entries.map(({ name }) => name))}};
  const char* results[] = {${names(Object.keys(outputs))}};
  Ort::Value inputs[] = {${entries.map(({ own, shape }) => `tensor(${own}, {${['count', ...shape].join(', ')}})`).join(', ')}};
  auto outputs = session.Run(Ort::RunOptions{nullptr}, names, inputs, ${entries.length}, results, ${Object.keys(outputs).length});
  const float* y = outputs[0].GetTensorData<float>();
  const size_t size = outputs[0].GetTensorTypeAndShapeInfo().GetElementCount();
  std::printf("%zu numbers, the first is %f\\n", size, y[0]);
}
`;
};

const inCpp = ({ conditions }: Manifest, name: string, shape: readonly number[], own: string): string => {
  const condition = conditions[name];
  const size = ['count', ...shape].join(' * ');
  const made = `  std::vector<float> ${own}(${size})`;
  if (!condition) return `${made};\n  for (float& value : ${own}) value = normal(generator);`;
  if (condition.kind === 'image') return `${made};  // pixels from 0 to 1: bytes are divided by 255`;
  if (condition.kind === 'continuous')
    return `  std::vector<float> ${own}(${size}, ${usual(condition)});  // in the data's own units`;
  const [classes = 1, places] = [shape.at(-1), shape.slice(0, -1)];
  const rows = ['count', ...places].join(' * ');
  const index = shape.length > 1 ? 0 : classOf(condition);
  return `${made};  // one-hot${shape.length > 1 ? '' : named(condition)}\n  for (int64_t i = 0; i < ${rows}; i++) ${own}[i * ${classes} + ${index}] = 1;`;
};
