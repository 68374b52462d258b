import { messageOf } from '../errors.ts';
import { optimisePortably } from '../compiler/optimise.ts';
import { lower } from '../compiler/lower.ts';
import { bodyOf, type Tensors } from '../dsl/network.ts';
import { isTensor, type Tensor } from '../dsl/tensor.ts';
import { valuesOf, type Graph } from '../graph/graph.ts';
import type { Body } from '../graph/node.ts';
import { print } from '../graph/print.ts';
import { resolve } from '../graph/resolve.ts';
import { ungroup } from '../layers/batch.ts';
import { check } from '../onnx/check.ts';
import type { OnnxGraph } from '../onnx/graph.ts';
import { OPSET } from '../onnx/schema.ts';
import { same } from '../shape/same.ts';
import type { Shape } from '../shape/shape.ts';
import { caseName, checkCase, fullInput, type Case, type CaseInput } from './case.ts';
import { show } from '../shape/show.ts';
import { drawnInputs, drawnWeights } from './draw.ts';
import { engines, modelOf, open, runOnnx, runReference, runTfjs, type Engines } from './engines.ts';
import { differences, gradients, none, weighted } from './gradients.ts';
import { agree, type Answer, type Values } from './values.ts';

/** A function of tensors: such as `dense(3)`, or a composition of layers. */
export type Layer = (...inputs: Tensor[]) => Tensor | Tensors;

/** What was compared. */
export interface Report {
  /** The engines that were compared with the reference. */
  readonly engines: readonly string[];
  /** The largest difference of any value from the reference's, relative to the value if that is above 1. */
  readonly largest: number;
}

/**
 * Tests a layer: that its shapes are correct, that every engine on this machine computes the same numbers, before and after the
 * compiler's passes, in training and in inference, and that gradients are the slopes of the computed function.
 *
 * @param machine the engines to test on, instead of all that are installed
 * @throws Error that says what differs, where, and by how much.
 */
export async function testLayer(name: string, layer: Layer, given: Case, machine?: Engines): Promise<Report> {
  checkCase(name, given);
  const where = `${name} of ${caseName(given)}`;
  try {
    return await tried(where, layer, given, machine ?? (await engines()));
  } catch (error) {
    const message = messageOf(error);
    throw new Error(message.startsWith(where) ? message : `${where}: ${message}`, { cause: error });
  }
}

async function tried(where: string, layer: Layer, given: Case, machine: Engines): Promise<Report> {
  const inputs = new Map(given.inputs.map((input, i) => [`x${i}`, fullInput(input)]));
  const body = bodyAround(inputs, layer);
  checkShape(where, body, given.shape);
  const use = resolve(body, { mode: 'infer' });
  const training = resolve(body, { mode: 'train' });
  const reports = [await testValues(where, use, inputs, given, machine)];
  if (print(use) !== print(training))
    reports.push(await testValues(`${where} in training`, training, inputs, given, machine));
  if (given.gradient !== false) await testGradients(where, inputs, layer, given.gradient, machine);
  return {
    engines: [...new Set(reports.flatMap((report) => report.engines))],
    largest: Math.max(...reports.map((report) => report.largest)),
  };
}

/** Returns a body that passes a layer its inputs, each with the lead that the case specifies. */
export function bodyAround(
  inputs: ReadonlyMap<string, CaseInput>,
  layer: Layer,
  then = (outputs: Tensors) => outputs,
): Body {
  // An input of N·k examples is passed as N of k, which are then laid in one row.
  const shapes = Object.fromEntries(
    [...inputs].map(([name, { shape, lead = 1 }]) => [name, lead > 1 ? [lead, ...shape] : shape]),
  );
  return bodyOf(
    'layer',
    shapes,
    (given) => {
      const tensors = [...inputs].map(([name, { lead = 1 }]) => {
        const x = given[name];
        if (!x) throw new Error(`no ${name}`);
        // Of this shape, as the case states.
        return lead > 1 ? ungroup(lead)(x as Tensor as Tensor<[number, ...number[]]>) : x;
      });
      const output = layer(...tensors);
      return then(isTensor(output) ? { output } : output);
    },
    (name) => (inputs.get(name)?.lead === 0 ? 'state' : 'batch'),
  );
}

function checkShape(where: string, { outputs }: Body, expected: Shape | undefined): void {
  if (expected === undefined) return;
  for (const [name, { shape }] of Object.entries(outputs))
    if (!same(shape, expected))
      throw new Error(`${where}: ${name} is of shape ${show(shape)}, expected ${show(expected)}`);
}

const SEED = 1;

async function testValues(
  where: string,
  graph: Graph,
  inputs: ReadonlyMap<string, CaseInput>,
  { batches = [1, 3], tolerance = 1e-5 }: Case,
  { tfjs, onnx }: Engines,
): Promise<Report> {
  const weights = drawnWeights(graph.params, SEED);
  const plain = lower(graph, weights);
  const optimised = optimisePortably(plain, OPSET);
  // Also checks that outputs have the shapes, and the batch axes, that the graph declares.
  for (const g of [plain, optimised]) check(modelOf(g));
  const drawn = batches.map((batch) => drawnInputs(graph, inputs, batch, SEED));
  const before = onnx ? await runOnnx(onnx, plain, drawn) : [];
  const after = onnx ? await runOnnx(onnx, optimised, drawn, ' after the passes') : [];

  const found = new Set<string>();
  let largest = 0;
  for (const [i, batch] of batches.entries()) {
    const values = drawn[i] ?? {};
    const expected = runReference(plain, values);
    testRows(`${where} at batch ${batch}`, graph, plain, values, batch, expected);
    const answers: readonly (Answer | undefined)[] = [
      runTfjs(tfjs, graph, values, weights),
      runReference(optimised, values, 'the reference after the passes'),
      before[i],
      after[i],
    ];
    for (const answer of answers) {
      if (!answer) continue;
      found.add(answer.engine);
      largest = Math.max(largest, agree(`${where} at batch ${batch}`, answer, expected, tolerance));
    }
  }
  return { engines: [...found], largest };
}

/**
 * Tests that the result for the first example does not depend on the others in its batch, unless an op declares that it takes
 * their mean: the compiler moves ops in front of `repeat` on that assumption.
 */
function testRows(where: string, graph: Graph, plain: OnnxGraph, values: Values, batch: number, all: Answer): void {
  if (batch === 1 || graph.steps.some(({ op }) => op.rows === 'mean')) return;
  const first = ({ shape: [rows = 1, ...rest], data }: Values[string]): Values[string] => ({
    shape: [rows / batch, ...rest],
    data: Array.from(data).slice(0, data.length / batch),
  });
  const leads = new Map(graph.inputs.map(({ name, lead }) => [name, lead]));
  const known = valuesOf(graph);
  const alone = Object.entries(values).map(([name, v]) => [name, (leads.get(name) ?? 0) > 0 ? first(v) : v] as const);
  const found = runReference(plain, Object.fromEntries(alone), 'an example alone');
  const beside = Object.entries(all.values).filter(([name]) => (known.get(graph.outputs[name] ?? NaN)?.lead ?? 0) > 0);
  const expected = {
    engine: 'one row of a batch',
    values: Object.fromEntries(beside.map(([name, v]) => [name, first(v)])),
  };
  agree(where, found, expected, 1e-9);
}

/** The tolerance of gradients: tfjs and onnxruntime compute in float32, and accumulate. */
const SLOPE_TOLERANCE = 1e-4;

async function testGradients(
  where: string,
  inputs: ReadonlyMap<string, CaseInput>,
  layer: Layer,
  kind: Case['gradient'],
  machine: Engines,
): Promise<void> {
  const body = bodyAround(inputs, layer, (outputs) => ({ loss: weighted(outputs) }));
  const graph = resolve(body, { mode: 'train' });
  const weights = drawnWeights(graph.params, SEED);
  const given: Values = { ...drawnInputs(graph, inputs, 2, SEED), ...Object.fromEntries(weights) };
  const by = [...inputs.keys(), ...graph.params.filter((param) => param.trainable).map((param) => param.name)];
  const [first, ...others] = await gradients(machine, graph, given, by);
  if (kind === 'alike') {
    for (const other of others) agree(`${where}, gradient`, other, first, SLOPE_TOLERANCE);
    return;
  }
  const slopes = kind === 'none' ? none(given, by) : differences(open(graph), given, by);
  for (const answer of [first, ...others]) {
    const expected = { engine: 'the slope', values: known(slopes, answer.values) };
    agree(`${where}, gradient`, answer, expected, SLOPE_TOLERANCE);
  }
}

/** Returns slopes, with those that were not measured taken from another answer. */
const known = (slopes: Values, answer: Values): Values =>
  Object.fromEntries(
    Object.entries(slopes).map(([name, { shape, data }]) => [
      name,
      { shape, data: Array.from(data, (slope, i) => (Number.isNaN(slope) ? (answer[name]?.data[i] ?? NaN) : slope)) },
    ]),
  );
