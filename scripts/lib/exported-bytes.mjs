// node exported-bytes.mjs ROOT PARAMETERS PART: compiles the examples of the repository at ROOT in whose path is PART with weights that are a formula of their names,
// and prints what the files hold, as JSON: a hash by the name of the file, or why an example could not be compiled. PARAMETERS is a file of
// the shapes of all parameters by example, which is written if it is not there. It runs in any version of the repository.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import process from 'node:process';

const [, , root, parametersFile, part = ''] = process.argv;
const at = (path) => join(root, path);
const { createJiti } = createRequire(at('package.json'))('jiti');
const DOORS = ['train', 'compiler', 'data', 'onnx', 'testing'];
const jiti = createJiti(at('package.json'), {
  alias: {
    ...Object.fromEntries(DOORS.map((door) => [`cvae-compile/${door}`, at(`src/${door}/index.ts`)])),
    'cvae-compile/runtime': at('src/runtime/node.ts'),
    'cvae-compile': at('src/index.ts'),
  },
});
const load = (path) => jiti.import(at(path));
/** Imports a function from the first of these modules that this version has. */
const found = async (name, ...places) => (await load(places.find((place) => existsSync(at(place)))))[name];

const { compile } = await load('src/compiler/index.ts');
const exportTraining = await found('exportTraining', 'src/export/training.ts', 'src/train/export.ts');

/** Numbers from −1 to 1 that follow from a name. */
const numbers = (name, count) => {
  let state = createHash('sha256').update(name).digest().readUInt32LE() || 1;
  return Float32Array.from({ length: count }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 31 - 1;
  });
};
const weightsOf = (shapes) =>
  new Map(
    Object.entries(shapes).map(([name, shape]) => {
      const count = shape.reduce((a, b) => a * b, 1);
      const largest = 1 / Math.sqrt(shape.length > 1 ? count / shape.at(-1) : 10);
      const isPositive = /variance$|deviation$/i.test(name);
      return [name, { shape, data: numbers(name, count).map((x) => (isPositive ? 1 + x / 2 : x * largest)) }];
    }),
  );

const examples = readdirSync(at('examples'), { recursive: true, encoding: 'utf8' })
  .filter(
    (file) =>
      file.includes(part) &&
      file.endsWith('.ts') &&
      /^export default /m.test(readFileSync(at(join('examples', file)), 'utf8')),
  )
  .sort();
const shapes = existsSync(parametersFile) ? JSON.parse(readFileSync(parametersFile, 'utf8')) : {};
const parametersOf = existsSync(parametersFile)
  ? undefined
  : await found('parametersOf', 'src/train/parameters.ts', 'src/train/train.ts');
const hashes = {};
for (const example of examples) {
  const model = (await load(join('examples', example))).default;
  if (model?.['~kind'] !== 'cvae' && model?.['~kind'] !== 'predictor') continue;
  process.stderr.write('.');
  shapes[example] ??= Object.fromEntries((parametersOf?.(model) ?? []).map(({ name, shape }) => [name, shape]));
  const keep = (name, pieces) => {
    const hash = createHash('sha256');
    for (const piece of pieces) hash.update(piece);
    hashes[`${example}/${name}`] = hash.digest('hex');
  };
  const weights = weightsOf(shapes[example]);
  try {
    const options = { recognition: true, name: 'model' };
    // Earlier versions wrote the sampler unasked, and know no such option.
    const isAsked = existsSync(at('src/export/compile.ts')) && model.latent > 0;
    const compiled = compile(model, weights, { ...options, ...(isAsked && { sampler: true }) });
    for (const [part, { bytes }] of Object.entries(compiled.files)) keep(`${part}.onnx`, [bytes]);
    keep('model.json', [JSON.stringify(compiled.manifest)]);
  } catch (error) {
    hashes[example] = String(error);
  }
  try {
    for (const { file, pieces } of exportTraining(model, weights, { name: 'model' }).others ?? []) keep(file, pieces);
  } catch (error) {
    hashes[`${example} for training`] = String(error);
  }
}
process.stderr.write('\n');
if (parametersOf) writeFileSync(parametersFile, JSON.stringify(shapes));
process.stdout.write(JSON.stringify(hashes));
