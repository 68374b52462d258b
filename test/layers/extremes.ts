import { optimisePortably } from '../../src/compiler/optimise.ts';
import { lower } from '../../src/compiler/lower.ts';
import { print } from '../../src/graph/print.ts';
import { resolve } from '../../src/graph/resolve.ts';
import { OPSET } from '../../src/onnx/schema.ts';
import type { CaseInput } from '../../src/testing/case.ts';
import { drawnInputs, drawnWeights } from '../../src/testing/draw.ts';
import { runOnnx, runReference, runTfjs, type Engines } from '../../src/testing/engines.ts';
import { gradients, weighted } from '../../src/testing/gradients.ts';
import { bodyAround, type Layer } from '../../src/testing/layer.ts';
import type { Answer, Values } from '../../src/testing/values.ts';

/** Numbers that are far out, of both signs, with small ones between them; and numbers that lie far from 0, close together. */
export const FAR: Readonly<Record<string, readonly number[]>> = {
  '±100': [100, -100, 20, -20, 0.5, -1, 88, -88, 3, -17],
  '±10,000': [1e4, -1e4, 300, -300, 0.25, -1, 9999, -5000, 2, -60],
  '±60,000': [6e4, -6e4, 60_000, 1, -0.5, -59_999, 3e4, -3e4, 7, -100],
  'about 1,000': [1000, 1000.3, 999.7, 1000.1, 999.9, 1000.2, 999.6, 1000.25, 999.85, 1000.05],
};

/** The largest number of float32. */
const LARGEST = 3.4e38;

/** How far a number may be from the reference: relative to it, and to the largest that the layer is given or gives. */
export interface Within {
  readonly relative: number;
  readonly ofLargest: number;
  /** The same of a gradient, to the largest of its numbers. */
  readonly gradient?: number;
}

/**
 * Compares what an engine gives in float32 with the reference in float64: what float32 holds must be there, finite and right;
 * what it does not hold must be infinite, and nothing that has a value may be no number.
 */
function compare(where: string, found: Answer, expected: Answer, largest: number, within: Within): readonly string[] {
  const wrong: string[] = [];
  for (const [name, { data }] of Object.entries(expected.values)) {
    const own = found.values[name]?.data ?? [];
    const scale = Math.max(largest, ...Array.from(data, Math.abs).filter((v) => v < LARGEST));
    for (let i = 0; i < data.length; i++) {
      const [a, b] = [own[i] ?? NaN, data[i] ?? NaN];
      if (Number.isNaN(b)) continue;
      const isRight =
        Math.abs(b) > LARGEST
          ? a === Math.sign(b) * Infinity || Math.abs(a) > LARGEST
          : Math.abs(a - b) <= within.relative * Math.abs(b) + within.ofLargest * scale + 1e-37;
      if (!isRight) wrong.push(`${where}: ${found.engine} gives ${name}[${i}] as ${a}, and ${expected.engine} ${b}`);
    }
  }
  return wrong;
}

const COUNT = 10;
const SEED = 1;

const largestOf = (values: Values): number =>
  Math.max(...Object.values(values).flatMap(({ data }) => Array.from(data, Math.abs)));

/** What is wrong with a layer where its inputs are these, on all engines, in training and in use, and with its gradient. */
export async function extremes(
  machine: Engines,
  layer: Layer,
  inputs: ReadonlyMap<string, CaseInput>,
  within: Within,
): Promise<readonly string[]> {
  const wrong: string[] = [];
  const [use, training] = (['infer', 'train'] as const).map((mode) => resolve(bodyAround(inputs, layer), { mode }));
  for (const [mode, graph] of Object.entries({ infer: use, train: training })) {
    // Most layers are in training what they are in use.
    if (!graph || (graph !== use && use && print(graph) === print(use))) continue;
    const weights = drawnWeights(graph.params, SEED);
    const values = drawnInputs(graph, inputs, COUNT, SEED);
    const plain = lower(graph, weights);
    const portable = optimisePortably(plain, OPSET);
    const expected = runReference(plain, values);
    const answers = [
      runTfjs(machine.tfjs, graph, values, weights),
      ...(machine.onnx ? await runOnnx(machine.onnx, plain, [values]) : []),
      ...(machine.onnx ? await runOnnx(machine.onnx, portable, [values], ', as files have it') : []),
    ];
    for (const answer of answers) wrong.push(...compare(mode, answer, expected, largestOf(values), within));
  }
  const graph = resolve(
    bodyAround(inputs, layer, (outputs) => ({ loss: weighted(outputs) })),
    { mode: 'train' },
  );
  const given: Values = {
    ...drawnInputs(graph, inputs, COUNT, SEED),
    ...Object.fromEntries(drawnWeights(graph.params, SEED)),
  };
  const by = [...inputs.keys(), ...graph.params.filter(({ trainable }) => trainable).map(({ name }) => name)];
  const [tfjs, expected, ...others] = await gradients(machine, graph, given, by);
  if (!expected) throw new Error('no gradient');
  const slopes = { relative: 1e-4, ofLargest: within.gradient ?? 1e-5 };
  for (const answer of [tfjs, ...others]) wrong.push(...compare('gradient', answer, expected, 1, slopes));
  return wrong;
}
