// Compares src/onnx with Python's onnx, if that is installed: `node scripts/onnx-conformance.mjs [python]`.
//   1. ONNX's backend tests of the operators in use, read with decode, checked, and computed with evaluate.
//   2. All of ONNX's backend models, including those of operators not in use: what decode reads, encode writes byte for byte.
//   3. The table of operators: the inputs and outputs of each at each opset.
//   4. The graphs of our own tests: its checker (full, with strict shape inference) on what encode writes, its parser on
//      what print writes, and our parser on what its printer writes.
// Exits with 1 if something differs, and with 0, after a message, if Python or its package is missing.
import { spawnSync } from 'node:child_process';
import { isDeepStrictEqual } from 'node:util';
import { fileURLToPath } from 'node:url';
import { createJiti } from 'jiti';

const python = process.argv[2] ?? 'python3';
const load = (path) => createJiti(import.meta.url).import(fileURLToPath(new URL(path, import.meta.url)));
const onnx = await load('../src/onnx/index.ts');
const { CASES } = await load('../test/onnx/cases/index.ts');
const { graphOf } = await load('../test/onnx/cases/case.ts');

const ask = (mode, argument, lines = []) => {
  const script = fileURLToPath(new URL('onnx-conformance.py', import.meta.url));
  const { status, stdout, stderr } = spawnSync(python, [script, mode, ...argument], {
    input: lines.map((line) => JSON.stringify(line)).join('\n'),
    maxBuffer: 2 ** 30,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
};

if (spawnSync(python, ['-c', 'import onnx, numpy']).status !== 0) {
  console.log(`${python} has no packages onnx and numpy: nothing was compared (pip install onnx)`);
  process.exit(0);
}

const bytes = (base64) => new Uint8Array(Buffer.from(base64, 'base64'));

const toTensor = ({ dtype, shape, data }) => {
  if (!(dtype in onnx.ELEMENT)) return undefined;
  return { dtype, shape, data: new onnx.ELEMENT[dtype].array(bytes(data).buffer) };
};

const differs = (ours, wanted, { rtol, atol }) => {
  if (!isDeepStrictEqual([...ours.shape], wanted.shape)) return `shape [${ours.shape}], not [${wanted.shape}]`;
  const [a, b] = [onnx.numbersOf(ours), onnx.numbersOf(wanted)];
  // Expected values are rounded to their own type, which for float16 is coarse.
  const [relative, absolute] = wanted.dtype === 'float16' ? [1e-2, 1e-2] : [rtol, atol];
  const at = a.findIndex(
    (x, i) => !Object.is(x, b[i]) && !(Math.abs(x - b[i]) <= absolute + relative * Math.abs(b[i])),
  );
  return at < 0 ? undefined : `element ${at} is ${a[at]}, not ${b[at]}`;
};

/** Tests in which onnxruntime, which the reference follows, differs from ONNX's own. */
const KNOWN = new Map([
  [
    'test_resize_downsample_scales_linear_align_corners',
    'onnxruntime aligns the corners of the image that comes out, ONNX those of one whose length is not rounded',
  ],
]);

let count = 0;
const named = (graph) => ({ ...graph, nodes: graph.nodes.map(namedNode) });
const namedNode = (node) => ({
  ...node,
  name: node.name || `node_${count++}`,
  attributes: Object.fromEntries(
    Object.entries(node.attributes).map(([key, value]) => [key, onnx.isGraph(value) ? named(value) : value]),
  ),
});

const backend = () => {
  const passed = [];
  const failed = [];
  const refused = new Map();
  for (const test of ask('tests', [Object.keys(onnx.OPERATORS).join(',')])) {
    const refuse = (why) => refused.set(why, [...(refused.get(why) ?? []), test.name]);
    if (!test.model) {
      refuse('values other than tensors');
      continue;
    }
    let model;
    try {
      model = onnx.decode(bytes(test.model));
      // Their nodes have no names, and an operator is tested at the opset that changed it last, which may precede those in use;
      // later ones differ in nothing that is in use.
      const opset = Math.min(Math.max(model.opset, onnx.OPSET_MIN), onnx.OPSET_MAX);
      model = { ...model, opset, irVersion: onnx.irVersionOf(opset), graph: named(model.graph) };
      onnx.check(model);
    } catch (error) {
      if (error.name !== 'InvalidFile' && error.name !== 'InvalidGraph') throw error;
      refuse(error.message.replace(/\bgot .*/, '').replace(/^[^:]*: /, `${model?.graph.nodes[0]?.op ?? 'file'}: `));
      continue;
    }
    try {
      const results = onnx.evaluate(
        model.graph,
        Object.fromEntries(test.inputs.map((one) => [one.name, toTensor(one)])),
      );
      const problem = test.outputs.map((one) => differs(results[one.name], toTensor(one), test)).find(Boolean);
      if (problem && KNOWN.has(test.name)) refuse(KNOWN.get(test.name));
      else if (problem) failed.push(`${test.name}: ${problem}`);
      else passed.push(test.name);
    } catch (error) {
      failed.push(`${test.name}: ${error.message}`);
    }
  }
  console.log(
    `backend tests: ${passed.length} passed, ${failed.length} failed, ${[...refused.values()].flat().length} refused`,
  );
  for (const one of failed) console.log(`  failed   ${one}`);
  for (const [why, names] of refused) console.log(`  refused  ${names.length} (${names[0]}, …): ${why}`);
  return failed.length;
};

const codec = () => {
  const failed = [];
  const refused = new Map();
  const models = ask('models', []);
  let read = 0;
  for (const { name, model } of models) {
    const given = bytes(model);
    let decoded;
    try {
      decoded = onnx.decode(given);
    } catch (error) {
      if (error.name !== 'InvalidFile') throw error;
      const why = error.message.replace(/^ONNX file: /, '').replace(/ got [^ ,]+,?/, ' got one');
      refused.set(why, [...(refused.get(why) ?? []), name]);
      continue;
    }
    read++;
    if (!Buffer.from(onnx.encode(decoded)).equals(given)) failed.push(name);
  }
  console.log(
    `backend models: ${models.length}, of which ${read} read and ${read - failed.length} written byte for byte`,
  );
  for (const one of failed) console.log(`  failed   ${one}`);
  for (const [why, names] of refused) console.log(`  refused  ${names.length} (${names[0]}, …): ${why}`);
  return failed.length;
};

/** Returns a model without what is specific to a file: a text has none of that. */
const plain = (value) => {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  if (value instanceof Map) return new Map([...value].map(([key, one]) => [key, plain(one)]));
  return Object.fromEntries(Object.entries(value).flatMap(([key, one]) => (key === 'kept' ? [] : [[key, plain(one)]])));
};

const ours = () => {
  const models = Object.entries(CASES).flatMap(([op, cases]) =>
    cases.map((one, i) => {
      const opset = one.opset ?? onnx.OPSET;
      const producer = { name: 'cvae-compile', version: '0' };
      const model = {
        graph: graphOf(one),
        opset,
        irVersion: onnx.irVersionOf(opset),
        metadata: { 'a "key"': 'its\nvalue' },
        producer,
      };
      return { name: `${op} ${i}`, model };
    }),
  );
  const answers = ask(
    'check',
    [],
    models.map(({ name, model }) => ({
      name,
      model: Buffer.from(onnx.encode(model)).toString('base64'),
      text: onnx.print(model),
    })),
  );
  const failed = answers.flatMap(({ name, checker, parser, parsed, printed }, i) => {
    const problems = [checker && `checker: ${checker}`, parser && `parser: ${parser}`].filter(Boolean);
    const own = onnx.decode(onnx.encode(models[i].model));
    if (parsed && !isDeepStrictEqual(plain(onnx.decode(bytes(parsed))), own))
      problems.push('their parser reads something else');
    if (printed && !isDeepStrictEqual(onnx.parse(printed), own))
      problems.push('we read something else than they print');
    return problems.map((problem) => `${name}: ${problem}`);
  });
  console.log(`our graphs: ${models.length}, of which ${failed.length} problems`);
  for (const one of failed) console.log(`  failed   ${one}`);
  return failed.length;
};

/** Deliberate omissions of the table: what providers compute differently, or nothing here writes. */
const LEFT_OUT = new Set([
  'BatchNormalization outputs',
  'Cast round_mode',
  'Constant sparse_value',
  'Constant value_string',
  'Constant value_strings',
  'ConvTranspose output_shape',
  'Resize antialias',
  'Resize cubic_coeff_a',
  'Resize exclude_outside',
  'Resize extrapolation_value',
  'Resize keep_aspect_ratio_policy',
]);

const table = () => {
  const answers = ask('schemas', [Object.keys(onnx.OPERATORS).join(',')]);
  const failed = new Set();
  const differ = (name, opset, ours, theirs) => {
    if (!isDeepStrictEqual(ours, theirs) && !LEFT_OUT.has(name))
      failed.add(`${name} at opset ${opset}: ours ${JSON.stringify(ours)}, theirs ${JSON.stringify(theirs)}`);
  };
  const OPTIONS = { single: 'Single', optional: 'Optional', variadic: 'Variadic' };
  for (const { name, opset, inputs, outputs, attributes } of answers) {
    const spec = onnx.specOf(name);
    const kinds = (slots) => onnx.parametersOf(slots, opset).map(({ kind }) => OPTIONS[kind]);
    const options = (slots) => slots.map(({ option }) => option);
    differ(`${name} inputs`, opset, kinds(spec.inputs), options(inputs));
    differ(`${name} outputs`, opset, kinds(spec.outputs), options(outputs));
    const own = Object.entries(spec.attributes).filter(([, attribute]) => onnx.within(attribute, opset));
    for (const key of new Set([...own.map(([key]) => key), ...Object.keys(attributes)])) {
      const [ours, theirs] = [own.find(([one]) => one === key)?.[1], attributes[key]];
      const plain = ours && { type: ours.type, required: ours.required ?? false, default: ours.default };
      // Their defaults are float32.
      const value =
        typeof theirs?.default === 'number' ? Math.fround(plain?.default) === Math.fround(theirs.default) : undefined;
      differ(`${name} ${key}`, opset, plain, theirs && { ...theirs, default: value ? plain.default : theirs.default });
    }
  }
  console.log(`table of operators: ${answers.length} compared, ${failed.size} differences`);
  for (const one of failed) console.log(`  failed   ${one}`);
  return failed.size;
};

process.exit(backend() + codec() + table() + ours() === 0 ? 0 : 1);
