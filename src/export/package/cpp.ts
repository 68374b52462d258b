import { isByIndex } from '../../values/class-count.ts';
import type { ExportedFile, Manifest } from '../../signature.ts';
import { atLineEnd, inQuotes } from './escape.ts';
import { isName } from './names.ts';
import { callsOf, classNoteOf, classOf, conditionsOf, countOf, numbersNoteOf, shownOf, usualOf } from './program.ts';

/** An input of a file: its name, its shape, and the vector that holds it in the program. */
interface Input {
  readonly name: string;
  readonly shape: readonly number[];
  readonly vector: string;
}

/** Returns the program in C++, with onnxruntime's own header. */
export const cppSnippet = (manifest: Manifest, folder: string): string => {
  const calls = callsOf(manifest);
  const { whole } = calls;
  const given = whole
    ? Object.entries(whole.inputs)
    : conditionsOf(manifest, calls.prior, calls.decoder).map(([name, shape]) => [name, shape] as const);
  const inputs = given.map(([name, shape], i) => ({ name, shape, vector: isName(name) ? `${name}_` : `input_${i}` }));
  const noisy = !whole || inputs.some(({ name }) => !Object.hasOwn(manifest.conditions, name));
  const sessions = whole
    ? sessionOf('session', folder, whole)
    : `${sessionOf('prior', folder, calls.prior)}\n${sessionOf('decoder', folder, calls.decoder)}`;
  return `#include <onnxruntime_cxx_api.h>

${whole ? '' : '#include <cmath>\n'}#include <cstdint>
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
${sessions}
  const int64_t count = ${countOf(manifest)};
${noisy ? '  std::mt19937 generator(1);\n  std::normal_distribution<float> normal;\n' : ''}
${inputs.map((input) => filled(manifest, input)).join('\n')}

  auto memory = Ort::MemoryInfo::CreateCpu(OrtArenaAllocator, OrtMemTypeDefault);
  auto tensor = [&](std::vector<float>& data, std::vector<int64_t> shape) {
    return Ort::Value::CreateTensor<float>(memory, data.data(), data.size(), shape.data(), shape.size());
  };
${whole ? '' : latent(manifest, calls.prior, inputs)}${
    whole
      ? runOf('session', '', whole, inputs)
      : runOf('decoder', '', calls.decoder, [{ name: 'z', shape: [manifest.latent], vector: 'z' }, ...inputs])
  }
  const float* y = outputs[0].GetTensorData<float>();${manifest.target.targets ? `  // ${atLineEnd(shownOf(manifest)[0])}` : ''}
  const size_t size = outputs[0].GetTensorTypeAndShapeInfo().GetElementCount();
  std::printf("%zu numbers, the first is %f\\n", size, y[0]);
}
`;
};

const sessionOf = (name: string, folder: string, { file }: ExportedFile): string =>
  `  Ort::Session ${name}(env, ORT_TSTR(${inQuotes(`${folder}/${file}`)}), Ort::SessionOptions{});`;

/** Returns the lines that run the prior, and draw z from its outputs. */
const latent = ({ latent: size }: Manifest, prior: ExportedFile, inputs: readonly Input[]): string =>
  `${runOf('prior', 'prior_', prior, inputs)}
  const float* mean = prior_outputs[0].GetTensorData<float>();
  const float* log_var = prior_outputs[1].GetTensorData<float>();
  std::vector<float> z(count * ${size});
  for (size_t i = 0; i < z.size(); i++) z[i] = mean[i] + std::exp(log_var[i] / 2) * normal(generator);

`;

/** Returns the lines that run a file on its inputs; `prefix` begins the names of what they define. */
const runOf = (session: string, prefix: string, file: ExportedFile, all: readonly Input[]): string => {
  const inputs = all.filter(({ name }) => Object.hasOwn(file.inputs, name));
  const outputs = Object.keys(file.outputs);
  const texts = (names: readonly string[]) => names.map((name) => JSON.stringify(name)).join(', ');
  const tensors = inputs.map(({ vector, shape }) => `tensor(${vector}, {${['count', ...shape].join(', ')}})`);
  return `  const char* ${prefix}names[] = {${texts(inputs.map(({ name }) => name))}};
  const char* ${prefix}results[] = {${texts(outputs)}};
  Ort::Value ${prefix}inputs[] = {${tensors.join(', ')}};
  auto ${prefix}outputs = ${session}.Run(Ort::RunOptions{nullptr}, ${prefix}names, ${prefix}inputs, ${inputs.length}, ${prefix}results, ${outputs.length});`;
};

/** Returns the lines that fill the vector of an input: noise for everything that is not a condition. */
const filled = (manifest: Manifest, { name, shape, vector }: Input): string => {
  const condition = manifest.conditions[name];
  const size = ['count', ...shape].join(' * ');
  const made = `  std::vector<float> ${vector}(${size}`;
  if (!condition) return `${made});\n  for (float& value : ${vector}) value = normal(generator);`;
  if (condition.kind === 'image') return `${made});  // pixels from 0 to 1: bytes are divided by 255`;
  if (condition.kind === 'continuous')
    return `${made}, ${usualOf(manifest, condition)});  // ${numbersNoteOf(condition)}`;
  if (isByIndex(condition))
    return `${made}, ${classOf(condition)});  // a class by its number from 0${classNoteOf(condition)}`;
  const [classes = 1, places] = [shape.at(-1), shape.slice(0, -1)];
  const rows = ['count', ...places].join(' * ');
  const index = shape.length > 1 ? 0 : classOf(condition);
  return `${made});  // one-hot${shape.length > 1 ? '' : classNoteOf(condition)}\n  for (int64_t i = 0; i < ${rows}; i++) ${vector}[i * ${classes} + ${index}] = 1;`;
};
