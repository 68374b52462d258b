import { describe, expect, it } from 'vitest';
import { InvalidGraph } from '../../src/errors.ts';
import { DTYPES } from '../../src/onnx/dtype.ts';
import { evaluate } from '../../src/onnx/evaluate.ts';
import type { OnnxGraph, OnnxNode, OnnxTensor } from '../../src/onnx/graph.ts';
import { OPSET, fewest, parametersOf, specOf } from '../../src/onnx/schema.ts';
import { feedsOf, graphOf, type Case } from './cases/case.ts';
import { CASES } from './cases/index.ts';
import { modelOf, noise, runOrt } from './ort.ts';

/** The graph of an operator's first case, with another node in its place. */
const changed = (graph: OnnxGraph, op: string, change: (node: OnnxNode) => Partial<OnnxNode>): OnnxGraph => {
  const at = graph.nodes.findIndex((node) => node.op === op);
  return { ...graph, nodes: graph.nodes.map((node, i) => (i === at ? { ...node, ...change(node) } : node)) };
};

/** A graph of which one input is of another type, and what it is given. */
const retyped = (one: Case, graph: OnnxGraph, name: string, dtype: OnnxTensor['dtype']) => ({
  graph: { ...graph, inputs: graph.inputs.map((info) => (info.name === name ? { ...info, dtype } : info)) },
  inputs: { ...feedsOf(one), [name]: noise(feedsOf(one)[name]?.shape ?? [], 1, dtype) },
});

const isRefused = (graph: OnnxGraph, inputs: Readonly<Record<string, OnnxTensor>>, opset: number): boolean => {
  try {
    evaluate(graph, inputs, { opset });
    return false;
  } catch (error) {
    if (!(error instanceof InvalidGraph)) throw error;
    expect(error.message).toMatch(/^[^;]+: expected [^;]+, got [^;]+; [^;]+$/);
    return true;
  }
};

const isRefusedByOrt = (graph: OnnxGraph, inputs: Readonly<Record<string, OnnxTensor>>, opset: number) =>
  runOrt(modelOf(graph, opset), inputs).then(
    () => false,
    () => true,
  );

const UNKNOWN = 'an attribute that it does not have';

/** Operators whose unknown attributes onnxruntime does not check: the first is folded before it looks, the second is also one of its own. */
const TAKEN: ReadonlySet<string> = new Set(['Constant', 'LayerNormalization']);

describe.each(Object.entries(CASES))('%s', (op, [one]) => {
  if (!one) throw new Error('an operator without a case');
  const { opset = OPSET } = one;
  const graph = graphOf(one);
  const spec = specOf(op);
  const parameters = parametersOf(spec?.inputs ?? {}, opset);
  const outputs = parametersOf(spec?.outputs ?? {}, opset);
  const node = graph.nodes.find((candidate) => candidate.op === op);
  const [first = ''] = [...graph.inputs.map(({ name }) => name), ...graph.initializers.keys()];
  const required = Object.entries(spec?.attributes ?? {}).filter(([, attribute]) => attribute.required);

  const wrong: (readonly [string, (node: OnnxNode) => Partial<OnnxNode>])[] = [
    [
      UNKNOWN,
      ({ attributes }) => ({
        attributes: { ...attributes, axi: 1 },
        // As if it had been read: encode would refuse to write it.
        kept: { attribute: { axi: { kind: 'int' } } },
      }),
    ],
    ...(fewest(parameters) > 0
      ? [['too few inputs', () => ({ inputs: (node?.inputs ?? []).slice(0, fewest(parameters) - 1) })] as const]
      : []),
    ...(parameters.at(-1)?.kind === 'variadic' || first === ''
      ? []
      : [
          [
            'too many inputs',
            () => ({
              inputs: [...(node?.inputs ?? []), ...parameters.map(() => first)].slice(0, parameters.length + 1),
            }),
          ] as const,
        ]),
    ...parameters.flatMap(({ name, kind }, i) =>
      kind === 'single'
        ? [[`no ${name}`, () => ({ inputs: (node?.inputs ?? []).map((input, k) => (k === i ? '' : input)) })] as const]
        : [],
    ),
    ...(outputs.at(-1)?.kind === 'variadic'
      ? []
      : [
          [
            'too many outputs',
            () => ({
              outputs: [...(node?.outputs ?? []), ...outputs.map((_, i) => `more${i}`)].slice(0, outputs.length + 1),
            }),
          ] as const,
        ]),
    ...required.map(
      ([name]) =>
        [
          `no ${name}`,
          ({ attributes }: OnnxNode) => ({
            attributes: Object.fromEntries(Object.entries(attributes).filter(([key]) => key !== name)),
          }),
        ] as const,
    ),
  ];

  it.each(wrong)('is refused with %s, as by onnxruntime', async (what, change) => {
    const broken = changed(graph, op, change);
    expect(isRefused(broken, feedsOf(one), opset)).toBe(true);
    if (what === UNKNOWN && TAKEN.has(op)) return;
    expect(await isRefusedByOrt(broken, feedsOf(one), opset)).toBe(true);
  });

  it('is refused with each type that onnxruntime refuses', async () => {
    for (const { name } of graph.inputs)
      for (const dtype of DTYPES) {
        const { graph: other, inputs } = retyped(one, graph, name, dtype);
        if (isRefused(other, inputs, opset)) continue;
        expect(await isRefusedByOrt(other, inputs, opset), `${name} of ${dtype}`).toBe(false);
      }
  });
});
