import { emitter, type Emitter } from './emit.ts';
import type { Graph, Step } from './graph.ts';
import { each } from './op.ts';

/** A value that consists of the repeated rows of another: the other's id, and the first step that repeated it. */
interface Repeated {
  readonly base: number;
  readonly by: Step;
  readonly times: number;
}

/** A piece of a concatenation: its value, and its position on the last axis. */
interface Piece {
  readonly id: number;
  readonly begin: number;
  readonly end: number;
}

/** The width from which a piece's share is worth its own step; repeating a narrower piece takes less time. */
const WIDE = 64;

/**
 * Reduces the computation of a graph that repeats examples for several samples: values that do not depend on the sample
 * are computed once for each example, and the result is repeated.
 *
 *     f(repeat(a), repeat(b))        → repeat(f(a, b))
 *     batchMean(repeat(a))           → batchMean(a)
 *     dense(concat(repeat(x), z))    → z·W₂ + repeat(x·W₁ + b)
 *
 * So a baseline that a decoder calls for each sample runs once, and becomes the same call as a prior's: equal steps are
 * computed once. One loop over the steps in order; a graph that repeats nothing is returned unchanged.
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

/** Returns what repeats all of several values, if all are repeated the same number of times. */
const alike = ([first, ...rest]: readonly (Repeated | undefined)[]): Repeated | undefined =>
  first && rest.every((one) => one?.times === first.times) ? first : undefined;

/** Records that a step's value is another's, repeated; computes nothing unless the repeated value is needed. */
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
 * Writes a step whose input is a concatenation as the sum of its pieces' shares, starting with wide repeated pieces,
 * computed once for each example. Returns whether there are any.
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
