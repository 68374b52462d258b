import { emitter, type Emitter } from './emit.ts';
import type { Graph, Step } from './graph.ts';
import { each } from './op.ts';

/** How a value comes of another one by repeating each of its rows: the other's id, and the step that repeated first. */
interface Repeated {
  readonly base: number;
  readonly by: Step;
  readonly times: number;
}

/** A piece of a concatenation: what it is, and where it lies on the last axis. */
interface Piece {
  readonly id: number;
  readonly begin: number;
  readonly end: number;
}

/** How wide a piece is whose share is worth a step of its own: a narrower one is repeated in less time. */
const WIDE = 64;

/**
 * The same graph with less to compute where examples are repeated for several samples: what does not depend on the sample is
 * computed once for each example, and its result repeated.
 *
 *     f(repeat(a), repeat(b))        → repeat(f(a, b))
 *     batchMean(repeat(a))           → batchMean(a)
 *     dense(concat(repeat(x), z))    → z·W₂ + repeat(x·W₁ + b)
 *
 * So a baseline that a decoder calls for each sample runs once, and is the same call as a prior's: equal steps are computed
 * once. One pass over the steps in their order; a graph that repeats nothing is given back as it is.
 */
export function hoist(graph: Graph): Graph {
  if (!graph.steps.some(({ op }) => op.rows === 'repeat')) return graph;
  const out = emitter(graph);
  const repeated = new Map<number, Repeated>();
  const joined = new Map<number, readonly Piece[]>();
  for (const given of graph.steps) {
    const step = { ...given, inputs: each(given.inputs, out.now) };
    const { op, inputs, lead } = step;
    const rows = inputs.filter((id) => out.valueOf(id).lead > 0);
    const common = alike(rows.map((id) => repeated.get(id)));
    if (op.rows === 'repeat' && rows.length > 0) {
      const times = lead / out.valueOf(inputs[0]).lead;
      repeated.set(out.later(step), { base: inputs[0], by: step, times });
    } else if (common && op.rows === 'mean') {
      out.write({ ...step, inputs: each(inputs, (id) => repeated.get(id)?.base ?? id) });
    } else if (common && rows.every((id) => out.valueOf(id).lead === lead)) {
      const bases = each(inputs, (id) => repeated.get(id)?.base ?? id);
      const base = out.write({ ...step, id: out.fresh(), inputs: bases, lead: lead / common.times });
      repeated.set(repeat(out, step, base, common), { ...common, base });
    } else if (op.rows === 'join' && rows.length === inputs.length && rows.some((id) => repeated.has(id))) {
      joined.set(out.later(step), placed(out, inputs));
    } else if (!inParts(out, step, joined.get(inputs[0]) ?? [], repeated)) {
      out.write(step);
    }
  }
  return out.graph();
}

/** What repeats all of several values, where they are all repeated, and as often. */
const alike = ([first, ...rest]: readonly (Repeated | undefined)[]): Repeated | undefined =>
  first && rest.every((one) => one?.times === first.times) ? first : undefined;

/** Says that a step's value is another one's, repeated; nothing is computed where nothing needs it so. */
const repeat = (out: Emitter, step: Step, base: number, { by: { op, attrs } }: Repeated, id = step.id): number =>
  out.later({ ...step, id, name: `${step.name}/repeat`, op, attrs, inputs: [base], params: {} });

const placed = (out: Emitter, ids: readonly number[]): readonly Piece[] => {
  let end = 0;
  return ids.map((id) => {
    const begin = end;
    end += out.valueOf(id).shape.at(-1) ?? 0;
    return { id, begin, end };
  });
};

/**
 * Writes a step whose input is joined of pieces as the sum of their shares, those of wide repeated pieces first, once for each
 * example; whether there are any.
 */
function inParts(out: Emitter, step: Step, pieces: readonly Piece[], repeated: ReadonlyMap<number, Repeated>): boolean {
  const { op, lead } = step;
  const once = pieces.filter(({ id, begin, end }) => repeated.has(id) && end - begin >= WIDE);
  const common = alike(once.map(({ id }) => repeated.get(id)));
  if (typeof op.rows !== 'object' || !common) return false;
  const { from, add } = op.rows;
  const { [from]: start, ...params } = step.params;
  if (start === undefined) throw new Error(`${step.name}: expected a parameter ${from}`);
  const share = ({ begin, end }: Piece, of: number, plus: number, to: Pick<Step, 'id' | 'name' | 'lead'>): number =>
    out.write({ ...step, ...to, op: add, inputs: [of, plus], attrs: { begin, end }, params });
  const labelled = (label: string, i: number): string => `${step.name}/${label}${i === 0 ? '' : `_${i + 1}`}`;

  let sum = start;
  for (const [i, piece] of once.entries()) {
    const to = { id: out.fresh(), name: labelled('once', i), lead: lead / common.times };
    sum = share(piece, repeated.get(piece.id)?.base ?? piece.id, sum, to);
  }
  sum = repeat(out, step, sum, common, out.fresh());
  const others = pieces.filter((piece) => !once.includes(piece));
  for (const [i, piece] of others.entries()) {
    const last = i === others.length - 1;
    const to = last ? { id: step.id, name: step.name, lead } : { id: out.fresh(), name: labelled('part', i), lead };
    sum = share(piece, piece.id, sum, to);
  }
  return true;
}
