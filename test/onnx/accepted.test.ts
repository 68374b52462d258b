import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidGraph } from '../../src/errors.ts';
import { checkGraph } from '../../src/onnx/check.ts';
import { DTYPES } from '../../src/onnx/dtype.ts';
import { evaluate } from '../../src/onnx/evaluate.ts';
import type { AttributeValue, OnnxGraph, OnnxNode } from '../../src/onnx/graph.ts';
import { infer } from '../../src/onnx/infer.ts';
import { print } from '../../src/onnx/print.ts';
import { OPSET } from '../../src/onnx/schema.ts';
import { numbersOf, tensorOf } from '../../src/onnx/tensor.ts';
import { feedsOf, graphOf, type Case } from './cases/case.ts';
import { CASES } from './cases/index.ts';
import { load, modelOf, noise, runOrt } from './ort.ts';

const ALL: readonly Case[] = Object.values(CASES).flat();

/** A change to a graph, made of two numbers that choose where and what. */
type Change = (graph: OnnxGraph, where: number, what: number) => OnnxGraph;

const pick = <T>(list: readonly T[], index: number): T | undefined => list[index % Math.max(1, list.length)];

const replace = <T>(list: readonly T[], at: number, change: (item: T) => T): readonly T[] =>
  list.map((item, i) => (i === at % list.length ? change(item) : item));

const nodes = (graph: OnnxGraph, at: number, change: (node: OnnxNode) => OnnxNode): OnnxGraph => ({
  ...graph,
  nodes: replace(graph.nodes, at, change),
});

const SMALL = [-3, -2, -1, 0, 1, 2, 3, 5, 7];

const other = (value: AttributeValue, what: number): AttributeValue => {
  if (typeof value === 'number') return pick(SMALL, what) ?? 0;
  if (typeof value === 'string') return pick(['linear', 'edge', 'max', 'ceil', 'none'], what) ?? '';
  if (!Array.isArray(value)) return value;
  const list: number[] = value.map(Number);
  return replace(list, what, () => pick(SMALL, what * 7 + 1) ?? 0);
};

const CHANGES: Readonly<Record<string, Change>> = {
  'another value as an input': (graph, where, what) => {
    const names = ['', ...graph.inputs.map(({ name }) => name), ...graph.initializers.keys()];
    return nodes(graph, where, (node) => ({
      ...node,
      inputs: replace(node.inputs, what, () => pick(names, what) ?? ''),
    }));
  },
  'one input less': (graph, where) => nodes(graph, where, (node) => ({ ...node, inputs: node.inputs.slice(0, -1) })),
  'one input twice': (graph, where) =>
    nodes(graph, where, (node) => ({ ...node, inputs: [...node.inputs, ...node.inputs.slice(0, 1)] })),
  'another attribute': (graph, where, what) =>
    nodes(graph, where, (node) => ({
      ...node,
      attributes: Object.fromEntries(
        Object.entries(node.attributes).map(([key, value], i, all) => [
          key,
          i === what % all.length ? other(value, what) : value,
        ]),
      ),
    })),
  'one attribute less': (graph, where) =>
    nodes(graph, where, (node) => ({
      ...node,
      attributes: Object.fromEntries(Object.entries(node.attributes).slice(1)),
    })),
  'another type': (graph, where, what) => ({
    ...graph,
    inputs: replace(graph.inputs, where, (info) => ({ ...info, dtype: pick(DTYPES, what) ?? 'float32' })),
  }),
  'another length': (graph, where, what) => ({
    ...graph,
    inputs: replace(graph.inputs, where, (info) => ({
      ...info,
      shape: replace(info.shape, what, () => pick([1, 2, 3, 4, 8], what) ?? 1),
    })),
  }),
  'one axis less': (graph, where) => ({
    ...graph,
    inputs: replace(graph.inputs, where, (info) => ({ ...info, shape: info.shape.slice(1) })),
  }),
  'another number in a constant': (graph, where, what) => ({
    ...graph,
    initializers: new Map(
      [...graph.initializers].map(([name, tensor], i, all) => [
        name,
        i === where % all.length
          ? tensorOf(tensor.dtype, tensor.shape, [
              ...replace([...numbersOf(tensor)], what, () => pick(SMALL, what) ?? 0),
            ])
          : tensor,
      ]),
    ),
  }),
};

/** A graph whose outputs are declared as they are inferred, or undefined where it is refused. */
const accepted = (graph: OnnxGraph, opset: number): OnnxGraph | undefined => {
  try {
    const types = infer(graph, opset);
    const outputs = graph.outputs.map((info) => ({ ...info, ...types.get(info.name) }));
    const declared = { ...graph, outputs };
    checkGraph(declared, opset);
    return declared;
  } catch (error) {
    if (error instanceof InvalidGraph) return undefined;
    throw error;
  }
};

/** A changed loop may never end, and a whole number divided by 0 ends the process. */
const dangerous = ({ op }: OnnxNode): boolean => op === 'Loop' || op === 'Div';

describe('graphs that a case is changed into at random', () => {
  it.each(Object.entries(CHANGES))('%s: onnxruntime loads each that the checker accepts', async (_, change) => {
    await fc.assert(
      fc.asyncProperty(fc.nat(ALL.length - 1), fc.nat(1000), fc.nat(1000), async (index, where, what) => {
        const one = ALL[index];
        if (!one) throw new Error('no case');
        const opset = one.opset ?? OPSET;
        const graph = accepted(change(graphOf(one), where, what), opset);
        if (!graph) return;
        const session = await load(modelOf(graph, opset)).catch((cause: unknown) => {
          throw new Error(`onnxruntime refuses ${print(graph)}`, { cause });
        });
        await session.release();

        if (graph.nodes.some(dangerous)) return;
        // What it gives has the lengths that were inferred, wherever it is computed.
        const feeds = Object.fromEntries(
          graph.inputs.map(({ name, dtype, shape }, i) => {
            const given = feedsOf(one)[name];
            const same = given?.dtype === dtype && given.shape.join() === shape.join();
            return [name, given && same ? given : noise(shape.map(Number), i + 1, dtype)];
          }),
        );
        const theirs = await runOrt(modelOf(graph, opset), feeds).catch(() => undefined);
        if (!theirs) return;
        const ours = evaluate(graph, feeds);
        for (const { name, shape } of graph.outputs) {
          const dims = theirs[name]?.dims ?? [];
          expect(ours[name]?.shape).toEqual([...dims]);
          expect(shape.map((dim, i) => (typeof dim === 'number' ? dim : dims[i]))).toEqual([...dims]);
        }
      }),
      { numRuns: Number(process.env['RUNS'] ?? 60), seed: Number(process.env['SEED'] ?? 1) },
    );
  });
});
