import type { Value } from '../../onnx/builder.ts';
import type { OnnxGraph } from '../../onnx/graph.ts';
import { scanOf, type Scanned } from '../../onnx/scan-node.ts';
import { swept } from '../passes/unused.ts';
import { namesUsed } from '../workspace.ts';
import { axesOf, zeros } from './fit.ts';
import { shared, type GradientRule, type RuleContext } from './rule.ts';
import { backwardBody, entriesOf, moves, turned, type BackwardBody, type Entry } from './scan-body.ts';
import { sumOutside, type Sum } from './sums.ts';

/**
 * The gradient of a Scan is a Scan over the same steps, from the last to the first, whose state is the gradient of the
 * state. It reads what the forward body computed (`tape.ts`) and the gradients of the stacked outputs. Gradients of
 * surrounding values are sums over all steps, which are computed after it where that is a single operation (`sums.ts`),
 * and otherwise are part of its state.
 */
export const scan: GradientRule = (site) => {
  const all = shared(() => backwards(site));
  const like = (i: number) =>
    i < site.inputs ? site.input(i) : site.values.known(site.captured[i - site.inputs] ?? '');
  return axesOf(site.inputs + site.captured.length).map((i) => () => all()[i] ?? zeros(site.onnx, like(i)));
};

/** Stacked from the end, so that the slices are in the order of the forward steps. */
const ORDERED: Scanned = { axis: 0, backwards: true };
const isOrdered = ({ axis, backwards }: Scanned): boolean => axis === 0 && backwards;

const backwards = (site: RuleContext): readonly (Value | undefined)[] => {
  const { onnx, wanted, captured } = site;
  const forward = scanOf(site.node);
  const varying = moves(site, forward);
  const entries = entriesOf(site, forward, varying);
  const slices = axesOf(forward.inputs.length).filter((i) => wanted[forward.states + i]);
  const body = backwardBody(site, entries, slices, varying);
  const ofSlices = slices.map((i, k) => ({
    name: body.slices[k] ?? '',
    scanned: turned(forward.inputs[i] ?? { axis: 0, backwards: false }),
  }));

  const { given, canStack } = stacking(body, ofSlices);
  const outside = entries.sums.map(({ info }, i) =>
    sumOutside(onnx, body.graph, body.terms[i] ?? '', info.shape, canStack),
  );
  const kept = axesOf(outside.length).filter((i) => !outside[i]);
  const ready = new Set([...given.keys(), ...ofSlices.filter((one) => isOrdered(one.scanned)).map(({ name }) => name)]);
  const stacked = [...new Map(outside.flatMap((sum) => sum?.takes ?? []).map(({ name, rank }) => [name, rank]))]
    .filter(([name]) => !ready.has(name))
    .map(([name, rank]) => ({ name, rank, scanned: ORDERED }));

  const results = writeScan(site, body, {
    states: [...entries.states, ...kept.flatMap((i) => entries.sums[i] ?? [])],
    next: [...body.next, ...kept.map((i) => body.sums[i] ?? '')],
    stacked: [...ofSlices, ...stacked],
  });
  const carried = entries.states.map(({ name }) => forward.body.inputs.findIndex((info) => info.name === name));
  const stackOf = (name: string): Value => given.get(name) ?? results.get(name) ?? { name: '' };
  const sumOf = (sum: Sum | undefined, i: number) => sum?.write(stackOf) ?? results.get(body.sums[i] ?? '');
  return [
    ...axesOf(forward.states).map((i) => results.get(body.next[carried.indexOf(i)] ?? '')),
    ...axesOf(forward.inputs.length).map((i) => results.get(body.slices[slices.indexOf(i)] ?? '')),
    ...captured.map((_, i) => sumOf(outside[i], i)),
  ];
};

/** Returns which values of the body are there for all steps without being stacked, and which could be stacked. */
const stacking = ({ graph, next, inner }: BackwardBody, slices: readonly { name: string; scanned: Scanned }[]) => {
  const given = new Map(
    [...inner].flatMap(([{ value, scanned }, name]) => (scanned && isOrdered(scanned) ? [[name, value]] : [])),
  );
  const made = new Set(graph.nodes.flatMap(({ outputs }) => outputs));
  const others = new Set([...next, ...slices.flatMap(({ name, scanned }) => (isOrdered(scanned) ? [] : [name]))]);
  return { given, canStack: (name: string) => given.has(name) || (made.has(name) && !others.has(name)) };
};

/** The backward Scan, as far as it is needed. */
interface Wanted {
  readonly states: readonly Entry[];
  /** The names in the body of the next state. */
  readonly next: readonly string[];
  readonly stacked: readonly { readonly name: string; readonly rank?: number; readonly scanned: Scanned }[];
}

/** Writes the backward Scan with those parts of its body that are needed; returns its results by their names there. */
const writeScan = (
  { onnx }: RuleContext,
  { graph, inner }: BackwardBody,
  { states, next, stacked }: Wanted,
): ReadonlyMap<string, Value> => {
  const declared = new Map(graph.outputs.map((info) => [info.name, info]));
  const output = (name: string, rank = 0) =>
    declared.get(name) ?? { name, dtype: 'float32' as const, shape: Array.from({ length: rank }, () => '?') };
  const needed: OnnxGraph = swept({
    ...graph,
    outputs: [...next.map((name) => output(name)), ...stacked.map(({ name, rank }) => output(name, rank))],
  });
  const used = new Set(needed.nodes.flatMap((node) => [...namesUsed(node)]));
  const scanned = [...inner].filter(([entry]) => entry.scanned);
  const read = scanned.filter(([, name]) => used.has(name));
  const slices = (read.length > 0 ? read : scanned.slice(0, 1)).map(([entry]) => entry);
  const names = [...states, ...slices].map((entry) => inner.get(entry) ?? '');
  const inputs = names.flatMap((name) => graph.inputs.find((info) => info.name === name) ?? []);
  const results = onnx.Scan(
    states.map(({ value }) => value),
    slices.map(({ value }) => value),
    { ...needed, inputs },
    {
      ...written(
        'scan_input',
        slices.map((entry) => entry.scanned ?? ORDERED),
      ),
      ...written(
        'scan_output',
        stacked.map((one) => one.scanned),
      ),
    },
  );
  return new Map(
    [...next, ...stacked.map(({ name }) => name)].flatMap((name, i) => {
      const value = results[i];
      return value ? [[name, value] as const] : [];
    }),
  );
};

/** Returns the attributes that say how values are scanned, if they are not the default. */
const written = (what: 'scan_input' | 'scan_output', all: readonly Scanned[]) => ({
  ...(all.some(({ axis }) => axis !== 0) && { [`${what}_axes`]: all.map(({ axis }) => axis) }),
  ...(all.some((one) => one.backwards) && { [`${what}_directions`]: all.map((one) => (one.backwards ? 1 : 0)) }),
});
