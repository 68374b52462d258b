import type { Result, Value } from '../../onnx/builder.ts';
import { isFloat } from '../../onnx/dtype.ts';
import type { OnnxGraph, ValueInfo, ValueType } from '../../onnx/graph.ts';
import { scanOf, type Scanned, type ScanNode } from '../../onnx/scan-node.ts';
import { zeros } from './fit.ts';
import { moving } from './moving.ts';
import type { RuleContext, Values } from './rule.ts';
import { tapedNames, tapeName } from './tape.ts';

/** An input of the backward Scan and of its body. */
export interface Entry {
  /** The value of the forward body that it is, or whose gradient it is; for a sum, the surrounding value. */
  readonly name: string;
  /** Its declaration in the body. */
  readonly info: ValueInfo;
  /** What the backward Scan is given: the first value of a state, or what is read in slices. */
  readonly value: Value;
  readonly scanned?: Scanned;
}

/** The inputs of the backward Scan, by what they are for. */
export interface Entries {
  /** The gradient of each part of the state that varies. */
  readonly states: readonly Entry[];
  /** The sums of the gradients of surrounding values. */
  readonly sums: readonly Entry[];
  /** The gradients of stacked outputs. */
  readonly gradients: readonly Entry[];
  /** What the forward body was given and what it computed. */
  readonly reads: readonly Entry[];
}

/** Steps are taken back from the last to the first: what was read or written from one end is so from the other. */
export const turned = ({ axis, backwards }: Scanned): Scanned => ({ axis, backwards: !backwards });

const typed = ({ values }: RuleContext, name: string): ValueType => {
  const type = values.type(name);
  if (!type) throw new Error(`${name} has no type`);
  return type;
};

/** Returns which values of a body vary: also a part of the state that does so only after the first step. */
export const moves = (site: RuleContext, { body, states }: ScanNode): ((name: string) => boolean) => {
  const { values, wanted } = site;
  const from = new Set([
    ...site.captured,
    ...body.inputs.flatMap(({ name }, i) => (wanted[i] && isFloat(typed(site, name).dtype) ? [name] : [])),
  ]);
  const types = { get: values.type };
  for (;;) {
    const all = moving(body.nodes, types, from);
    const late = body.inputs
      .slice(0, states)
      .find(({ name }, i) => !from.has(name) && all.has(body.outputs[i]?.name ?? ''));
    if (!late) return (name) => all.has(name) || values.moves(name);
    from.add(late.name);
  }
};

/** Returns all that the backward Scan may need. */
export const entriesOf = (
  site: RuleContext,
  { body, states, inputs, outputs }: ScanNode,
  varies: (name: string) => boolean,
): Entries => {
  const { onnx, node, gradients, captured, values, input } = site;
  const float = (name: string, { shape }: ValueType): ValueInfo => ({ name, dtype: 'float32', shape });
  const recorded = new Set(node.outputs);
  return {
    states: body.inputs
      .slice(0, states)
      .flatMap(({ name }, i) =>
        varies(name)
          ? [{ name, info: float(`state${i}`, typed(site, name)), value: gradients[i] ?? zeros(onnx, input(i)) }]
          : [],
      ),
    sums: captured.map((name, i) => {
      const known = values.known(name);
      return { name, info: float(`sum${i}`, known), value: zeros(onnx, known) };
    }),
    gradients: outputs.flatMap((scanned, i) => {
      const [value, name = ''] = [gradients[states + i], body.outputs[states + i]?.name];
      return value ? [{ name, info: float(`gradient${i}`, typed(site, name)), value, scanned: turned(scanned) }] : [];
    }),
    reads: [
      ...inputs.map((scanned, i) => {
        const name = body.inputs[states + i]?.name ?? '';
        return {
          name,
          info: { name: `slice${i}`, ...typed(site, name) },
          value: input(states + i).value,
          scanned: turned(scanned),
        };
      }),
      ...tapedNames(body, states)
        .filter((name) => recorded.has(tapeName(node, name)))
        .map((name, i) => ({
          name,
          info: { name: `value${i}`, ...typed(site, name) },
          value: values.known(tapeName(node, name)).value,
          scanned: { axis: 0, backwards: true },
        })),
    ],
  };
};

/** The body of a backward Scan with all that it may compute, by the names of its values. */
export interface BackwardBody {
  readonly graph: OnnxGraph;
  /** What each entry is called in it. */
  readonly inner: ReadonlyMap<Entry, string>;
  /** The term of a step of each sum. */
  readonly terms: readonly string[];
  /** The next state. */
  readonly next: readonly string[];
  /** The sums up to a step. */
  readonly sums: readonly string[];
  /** The gradients of the slices that the forward body was given. */
  readonly slices: readonly string[];
}

/** Writes the body of the backward Scan; `slices` are the scanned inputs whose gradients are wanted. */
export const backwardBody = (
  site: RuleContext,
  entries: Entries,
  slices: readonly number[],
  varies: (name: string) => boolean,
): BackwardBody => {
  const { onnx, values, reverse } = site;
  const { body, states } = scanOf(site.node);
  const all = [...entries.states, ...entries.sums, ...entries.gradients, ...entries.reads];
  const graph = onnx.subgraph(
    'backward',
    all.map(({ info }) => info),
    (...given) => {
      const local = new Map(all.map((entry, i) => [entry, given[i] ?? { name: '' }]));
      const valueOf = (entry: Entry): Value => local.get(entry) ?? { name: '' };
      const read = new Map(entries.reads.map((entry) => [entry.name, valueOf(entry)]));
      const inner: Values = {
        ...values,
        moves: varies,
        known: (name) => {
          const value = read.get(name);
          return value ? { ...typed(site, name), value } : values.known(name);
        },
      };
      const outputOf = (name: string): string =>
        body.outputs[body.inputs.findIndex((one) => one.name === name)]?.name ?? '';
      const total = reverse(onnx, body.nodes, inner, [
        ...entries.states.map((entry) => [outputOf(entry.name), valueOf(entry)] as const),
        ...entries.gradients.map((entry) => [entry.name, valueOf(entry)] as const),
      ]);
      const result = (name: string, { shape }: ValueType): Result => ({
        dtype: 'float32',
        shape,
        value: total(name) ?? zeros(onnx, inner.known(name)),
      });
      const terms = entries.sums.map(({ name, info }) => result(name, info));
      return [
        ...terms,
        ...entries.states.map(({ name, info }) => result(name, info)),
        ...entries.sums.map((entry, i) => {
          const term = terms[i] ?? result(entry.name, entry.info);
          return { ...term, value: onnx.Add(valueOf(entry), term.value) };
        }),
        ...slices.map((i) => {
          const name = body.inputs[states + i]?.name ?? '';
          return result(name, typed(site, name));
        }),
      ];
    },
  );
  const names = graph.outputs.map(({ name }) => name);
  const take = (count: number): readonly string[] => names.splice(0, count);
  return {
    graph,
    inner: new Map(all.map((entry, i) => [entry, graph.inputs[i]?.name ?? ''])),
    terms: take(entries.sums.length),
    next: take(entries.states.length),
    sums: take(entries.sums.length),
    slices: take(slices.length),
  };
};
