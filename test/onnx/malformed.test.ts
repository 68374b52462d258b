import { describe, expect, it } from 'vitest';
import { InvalidGraph } from '../../src/errors.ts';
import { checkGraph } from '../../src/onnx/check.ts';
import { evaluate } from '../../src/onnx/evaluate.ts';
import { parseGraph } from '../../src/onnx/parse.ts';
import { OPSET, isOperator } from '../../src/onnx/schema.ts';
import { CONTROL_MALFORMED } from './malformed/control.ts';
import { ELEMENTWISE_MALFORMED } from './malformed/elementwise.ts';
import { feedsOf, graphOf, type Malformed } from './malformed/malformed.ts';
import { NETWORKS_MALFORMED } from './malformed/networks.ts';
import { SHAPES_MALFORMED } from './malformed/shapes.ts';
import { modelOf, runOrt } from './ort.ts';

const ALL: Readonly<Record<string, readonly Malformed[]>> = {
  ...ELEMENTWISE_MALFORMED,
  ...SHAPES_MALFORMED,
  ...NETWORKS_MALFORMED,
};

/** What a refusal says after the node's name, or that there was none. */
const refusalOf = (f: () => unknown): string => {
  try {
    f();
  } catch (error) {
    if (!(error instanceof InvalidGraph)) throw error;
    expect(error.message).toMatch(/^\w+: expected [^;]+, got [^;]+; [^;]+$/);
    return error.message.replace(/^\w+: /, '');
  }
  return 'accepted';
};

describe.each(Object.entries(ALL).filter(([, list]) => list.length > 0))('%s refuses', (op, list) => {
  if (!isOperator(op)) throw new Error(`${op} is not in use`);
  it.each(list.map((one) => [one.of, one] as const))('%s', async (_, one) => {
    const { opset = OPSET, ort, says, late, inputs } = one;
    // Where nothing is known before it runs, and where all but the first input is, as in files.
    for (const form of [
      { constants: inputs.length, told: false },
      { constants: Math.min(1, inputs.length - 1), told: true },
    ]) {
      const graph = graphOf(op, one, form);
      const feeds = feedsOf(one, form.constants);
      expect(refusalOf(() => evaluate(graph, feeds, { opset }))).toMatch(says);
      if (form.told && !late) expect(refusalOf(() => checkGraph(graph, opset))).toMatch(says);
      if (ort === 'crashes' || ort === 'hangs') continue;
      const takes = ort !== undefined && (!ort.when || (ort.when === 'told') === form.told);
      const theirs = runOrt(modelOf(graph, opset), feeds);
      if (takes) await expect(theirs).resolves.toBeDefined();
      else await expect(theirs).rejects.toThrow();
    }
  });
});

describe('loops and branches refuse', () => {
  it.each(CONTROL_MALFORMED.map((one) => [one.of, one] as const))('%s', async (_, { text, inputs, says, ort }) => {
    const graph = parseGraph(text);
    const limits = { operations: 2 ** 22 };
    expect(refusalOf(() => evaluate(graph, inputs, { limits }))).toMatch(says);
    if (ort === 'crashes' || ort === 'hangs') return;
    const theirs = runOrt(modelOf(graph), inputs);
    if (ort) await expect(theirs).resolves.toBeDefined();
    else await expect(theirs).rejects.toThrow();
  });
});
