import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { load, type Definition } from '../../src/cli/load.ts';
import type { Model } from '../../src/dsl/model.ts';
import * as index from '../../src/index.ts';
import * as training from '../../src/train/index.ts';
import * as claims from './same.ts';
import type { Compiled } from '../../src/export/compile.ts';
import { lower } from '../../src/compiler/lower.ts';
import { print as printModel } from '../../src/dsl/print.ts';
import { check, checkGraph } from '../../src/onnx/check.ts';
import { decode } from '../../src/onnx/decode.ts';
import { encode } from '../../src/onnx/encode.ts';
import { parse } from '../../src/onnx/parse.ts';
import { print } from '../../src/onnx/print.ts';
import { OPSET } from '../../src/onnx/schema.ts';
import { runTfjs } from '../../src/testing/engines.ts';
import { part, Wrong } from '../failure.ts';
import { DOUBTFUL, judgeFile, judgeStep, type Values, type Verdict } from '../judge/judge.ts';
import { evaluated, read, type Read } from '../judge/read.ts';
import { compare, FLOAT32, FLOAT64, type Tolerance } from './compare.ts';
import type { Engine } from './engines.ts';
import { tryExported } from './exported.ts';
import {
  compiled,
  gradientGraphs,
  graphsOf,
  objectiveOf,
  paramsOf,
  reference,
  SAMPLES,
  validationOf,
} from './product.ts';
import type { Bench } from './bench.ts';
import { trained } from './train.ts';
import { givenTo, weightsOf, type Weighing } from './values.ts';
import type { Written } from './write.ts';

/** How a definition is tried: what numbers it gets, and on what. */
export interface Trial {
  readonly seed: number;
  readonly weighing: Weighing;
  /** Whether it is also written to a folder, verified and opened. */
  readonly exporting: boolean;
  readonly random: () => number;
}

/** What was compared, and how much of it is inconclusive. */
export interface Counts {
  files: number;
  runs: number;
  steps: number;
  unstable: number;
  /** The largest share of any output that small roundings move. */
  wobble: number;
}

/** Everything that is done with one definition. */
interface Case extends Trial {
  readonly bench: Bench;
  readonly written: Written;
  readonly definition: Definition;
  readonly judge: Read;
  readonly counts: Counts;
}

/** What a definition's claims are read with. */
const MODULES = { 'cvae-compile': index, 'cvae-compile/train': training, './same.ts': claims };

/** Tries a definition on all engines. @throws Wrong where something is not as the judge has it. */
export async function tryDefinition(written: Written, bench: Bench, trial: Trial, name: string): Promise<Counts> {
  const counts: Counts = { files: 0, runs: 0, steps: 0, unstable: 0, wobble: 0 };
  const file = join(bench.folder, `${name}.ts`);
  await writeFile(file, written.text);
  const definition = await part('read', () => load(file));
  const judge = read(written.text);
  const { default: model } = await part('shape', () => evaluated<Model, object>(written.claimed, MODULES));
  const text = printModel(definition.model);
  if (printModel(model) !== text)
    throw new Wrong('print', 'the same definition, read twice, prints as two different texts');
  const one: Case = { ...trial, bench, written, definition, judge, counts };
  const params = await tryFiles(one);
  await tryStep(one, params);
  return counts;
}

const tell = (one: Case, kind: string, where: string, found: Values, verdict: Verdict, tolerance: Tolerance): void => {
  const names = new Set([...Object.keys(verdict.values), ...Object.keys(found)]);
  const { wrong, unstable, wobble } = compare(found, verdict, tolerance, [...names]);
  one.counts.unstable += unstable;
  one.counts.wobble = Math.max(one.counts.wobble, wobble);
  one.counts.runs++;
  if (wrong !== undefined) throw new Wrong(kind, `${where}: ${wrong}`);
};

/** All files of a model, on all engines, at two batch sizes. */
async function tryFiles(one: Case): Promise<Values> {
  const { bench, definition, judge, counts } = one;
  const graphs = await part('resolve', () => graphsOf(definition.model));
  const params = weightsOf(await part('resolve', () => paramsOf(definition, graphs)), one.seed, one.weighing);
  const whole = await part('compile', () => compiled(definition.model, params, true));
  const { files } = whole;
  if (one.exporting) await part('compile', () => checkBytes(whole, compiled(definition.model, params, true)));
  for (const [name, graph] of graphs) {
    const file = files[name];
    if (!file) throw new Wrong('compile', `${name}.onnx is missing`);
    counts.files++;
    await part('codec', () => tryCodec(file.bytes, name));
    const questions = [1, 3].map((count) => ({
      count,
      params,
      samples: SAMPLES,
      ...givenTo(graph, count, params, definition.model, one.seed),
    }));
    const verdicts = questions.map((question) => judgeFile(judge, name, question, one.random));
    const lowered = await part('lower', () => lower(graph, weightsFor(params), { batched: true }));
    const decoded = decode(file.bytes).graph;
    for (const [i, { inputs, count }] of questions.entries()) {
      const verdict = verdicts[i];
      if (!verdict) continue;
      const where = `${name}.onnx of ${count}`;
      for (const [kind, onnx] of [
        ['lower', lowered],
        ['passes', decoded],
      ] as const) {
        const found = await part(kind, () => reference(onnx, inputs));
        tell(one, kind, `${where} in the reference`, found, verdict, FLOAT64);
      }
      for (const backend of bench.tfjs) {
        const { values } = await part('tfjs', () => runTfjs(backend, graph, inputs, weightsFor(params)));
        const rows = Object.fromEntries(Object.entries(values).map(([key, v]) => [key, forRows(v, verdict, key)]));
        tell(one, 'tfjs', `${where} in ${backend.name}`, rows, verdict, FLOAT32);
      }
    }
    for (const engine of bench.engines) {
      const inputs = questions.map((question) => question.inputs);
      const run = () => runOn(engine, one, name, file.bytes, inputs, verdicts);
      if (engine.slow && bench.later) bench.later(run);
      else await run();
    }
  }
  // A model that float32 hardly computes may be refused, and rightly.
  if (one.exporting && one.counts.wobble < STEADY)
    await tryExported({ ...one, folder: bench.folder, compiled: whole, model: definition.model, params });
  return params;
}

/** @throws where the same model and weights, compiled twice, are two different files */
const checkBytes = ({ files }: Compiled, { files: again }: Compiled): void => {
  for (const [name, file] of Object.entries(files)) {
    const other = Object.entries(again).find(([each]) => each === name)?.[1];
    if (!other || Buffer.compare(file.bytes, other.bytes) !== 0)
      throw new Wrong('compile', `${name}.onnx, compiled again, has other bytes`);
  }
};

/** The share of an output that small roundings may move where files must verify. */
const STEADY = 1e-5;

const runOn = async (
  engine: Engine,
  one: Case,
  name: string,
  bytes: Uint8Array,
  inputs: readonly Values[],
  verdicts: readonly Verdict[],
): Promise<void> => {
  const kind = `engine ${engine.name}`;
  const answers = await part(kind, () => engine.run(bytes, inputs));
  for (const [i, answer] of answers.entries()) {
    const verdict = verdicts[i];
    if (verdict) tell(one, kind, `${name}.onnx in ${engine.name}`, answer, verdict, FLOAT32);
  }
};

/** TensorFlow.js gives a value that is the same for all examples once. */
const forRows = (value: Values[string], { values }: Verdict, name: string): Values[string] => {
  const expected = values[name];
  if (!expected || expected.shape.length === value.shape.length) return value;
  const data = Float32Array.from(expected.data, (_, i) => value.data[i % value.data.length] ?? NaN);
  return { shape: expected.shape, data };
};

const weightsFor = (params: Values) =>
  new Map(
    Object.entries(params).map(([name, { shape, data }]) => [
      name,
      { shape: [...shape], data: Float32Array.from(data) },
    ]),
  );

/** What is written reads back as itself: bytes, and text. */
const tryCodec = (bytes: Uint8Array, name: string): void => {
  const model = decode(bytes);
  check(model);
  if (Buffer.compare(Buffer.from(encode(model)), Buffer.from(bytes)) !== 0)
    throw new Wrong('codec', `${name}.onnx, decoded and encoded, has other bytes`);
  const text = print(model);
  if (print(parse(text)) !== text) throw new Wrong('codec', `${name}.onnx, printed and parsed, prints as another text`);
};

/** The objective, its gradient and steps of training. */
async function tryStep(one: Case, known: Values): Promise<void> {
  const { bench, definition, judge, counts, written } = one;
  const isBaselines = /baselineLikelihood/.test(written.text);
  const frozen = definition.training.joint !== true && !isBaselines && definition.model.networks.baseline !== undefined;
  const objective = await part('resolve', () => objectiveOf(definition, frozen));
  const params = { ...weightsOf(objective.params, one.seed, one.weighing), ...known };
  const own = Object.fromEntries(objective.params.map(({ name }) => [name, params[name] ?? { shape: [], data: [] }]));
  const count = 3;
  const given = givenTo(objective, count, params, definition.model, one.seed);
  const question = { count, params: own, frozen, ...given };
  const verdict = judgeStep(judge, question, one.random);
  const trainable = objective.params.filter((param) => param.trainable).map(({ name }) => `gradient/${name}`);
  const scalars = Object.fromEntries(
    Object.entries(given.scalars).map(([name, v]) => [name, { shape: [], data: [v] }]),
  );
  const feeds: Values = { ...given.inputs, ...given.noise, ...scalars, ...own };
  const { plain, optimised } = await part('differentiate', () => gradientGraphs(objective));
  const names = Object.keys(verdict.values).filter((name) => !name.startsWith('gradient/') || trainable.includes(name));
  const updates = Object.keys(objective.updates).map((name) => `next/${name}`);
  const wanted = names.filter(
    (name) => !name.startsWith(`${DOUBTFUL}/`) && (!name.startsWith('next/') || updates.includes(name)),
  );
  const asked = { ...verdict, values: Object.fromEntries(wanted.flatMap((name) => entry(verdict.values, name))) };
  const isJudged = (name: string): boolean =>
    !updates.includes(name) || !Object.hasOwn(verdict.values, name.replace('next', DOUBTFUL));
  for (const [kind, graph] of [
    ['gradient', plain],
    ['gradient after passes', optimised],
  ] as const) {
    await part(kind, () => checkGraph(graph, OPSET));
    const all = await part(kind, () => reference(graph, feeds));
    const found = Object.fromEntries(Object.entries(all).filter(([name]) => isJudged(name)));
    tell(one, kind, 'the training step in the reference', found, asked, FLOAT64);
  }
  await tryValidation(one, params);
  counts.steps++;
  await trained({
    objective,
    definition,
    judge,
    question,
    own,
    bench,
    random: one.random,
    tell: (kind, where, found, right) => tell(one, kind, where, found, right, FLOAT32),
  });
}

/** The objective by which a run is validated, in the reference. */
async function tryValidation(one: Case, known: Values): Promise<void> {
  const graph = await part('resolve', () => validationOf(one.definition));
  const params = { ...weightsOf(graph.params, one.seed, one.weighing), ...known };
  const given = givenTo(graph, 2, params, one.definition.model, one.seed);
  const verdict = judgeStep(one.judge, { count: 2, params, validating: true, ...given }, one.random);
  const terms = Object.keys(graph.outputs).flatMap((name) => entry(verdict.values, name));
  const lowered = await part('validation', () => lower(graph, weightsFor(params)));
  const scalars = Object.entries(given.scalars).map(([name, v]) => [name, { shape: [], data: [v] }] as const);
  const found = reference(lowered, { ...given.inputs, ...given.noise, ...Object.fromEntries(scalars) });
  const asked = { ...verdict, values: Object.fromEntries(terms) };
  tell(one, 'validation', 'the objective of validation', found, asked, FLOAT64);
}

const entry = (values: Values, name: string): readonly (readonly [string, Values[string]])[] => {
  const value = values[name];
  return value ? [[name, value]] : [];
};
