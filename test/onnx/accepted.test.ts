import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidData, InvalidGraph } from '../../src/errors.ts';
import { checkGraph } from '../../src/onnx/check.ts';
import { evaluate } from '../../src/onnx/evaluate.ts';
import type { OnnxGraph, OnnxTensor } from '../../src/onnx/graph.ts';
import { infer } from '../../src/onnx/infer.ts';
import { print } from '../../src/onnx/print.ts';
import { OPSET } from '../../src/onnx/schema.ts';
import { feedsOf, graphOf, type Case } from './cases/case.ts';
import { CASES } from './cases/index.ts';
import { CHANGES } from './changes.ts';
import { close } from './close.ts';
import { load, modelOf, noise, runOrt } from './ort.ts';
import { chosen } from '../support/chosen.ts';

const ALL: readonly Case[] = Object.values(CASES).flat();

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

/** What a case is computed for, of the types and shapes that a graph takes. */
const inputsOf = (one: Case, graph: OnnxGraph): Readonly<Record<string, OnnxTensor>> => {
  const given = feedsOf(one);
  const constants = graphOf(one).initializers;
  return Object.fromEntries(
    graph.inputs.map(({ name, dtype, shape }, i) => {
      const own = given[name] ?? constants.get(name);
      const fits = own?.dtype === dtype && own.shape.length === shape.length;
      const told = shape.map((dim, k) => (typeof dim === 'number' ? dim : (own?.shape[k] ?? 2)));
      return [name, fits && own.shape.join() === told.join() ? own : noise(told, i + 1, dtype)];
    }),
  );
};

/** What the reference gives, or undefined where it refuses. */
const computed = (
  graph: OnnxGraph,
  inputs: Readonly<Record<string, OnnxTensor>>,
  opset: number,
): Readonly<Record<string, OnnxTensor>> | undefined => {
  try {
    return evaluate(graph, inputs, { opset, limits: { operations: 2 ** 28, numbers: 2 ** 22 } });
  } catch (error) {
    if (error instanceof InvalidGraph || error instanceof InvalidData) {
      expect(error.message).toMatch(/^[^;]+: expected [^;]+, got [^;]+; [^;]+$/);
      return undefined;
    }
    throw new Error(`no refusal in words of ${print(graph)}`, { cause: error });
  }
};

const random = { numRuns: Number(process.env['RUNS'] ?? 60), seed: Number(process.env['SEED'] ?? 1) };

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
      }),
      random,
    );
  });

  const steps = fc.array(fc.tuple(fc.constantFrom(...Object.values(CHANGES)), fc.nat(1000), fc.nat(1000)), {
    minLength: 1,
    maxLength: 3,
  });
  it.each(chosen('cases that are accepted', Object.entries(CASES), 30))(
    '%s: onnxruntime computes what the reference computes, and the same',
    async (_, cases) => {
      await fc.assert(
        fc.asyncProperty(fc.nat(cases.length - 1), steps, async (index, changes) => {
          const one = cases[index];
          if (!one) throw new Error('no case');
          const opset = one.opset ?? OPSET;
          const changed = changes.reduce((graph, [change, where, what]) => change(graph, where, what), graphOf(one));
          const graph = accepted(changed, opset);
          const inputs = graph && inputsOf(one, graph);
          const ours = graph && computed(graph, inputs ?? {}, opset);
          if (!graph || !inputs || !ours) return;
          const theirs = await runOrt(modelOf(graph, opset), inputs).catch((cause: unknown) => {
            throw new Error(`onnxruntime refuses ${print(graph)}`, { cause });
          });
          for (const { name, shape } of graph.outputs) {
            const dims = theirs[name]?.dims ?? [];
            expect(shape.map((dim, i) => (typeof dim === 'number' ? dim : dims[i]))).toEqual([...dims]);
            const problem = close(ours[name], theirs[name], print(graph).includes('float16') ? 2e-2 : 1e-5);
            if (problem !== undefined) throw new Error(`${problem} in ${print(graph)}`);
          }
        }),
        random,
      );
    },
  );
});
