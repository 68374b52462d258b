import type * as tfjs from '@tensorflow/tfjs-core';
import type { OnnxBuilder, Value } from '../onnx/builder.ts';
import type { Shape } from '../shape/shape.ts';
import { size } from '../shape/size.ts';
import { each, libraryOp, type AnyOp, type Op, type OpContext, type Param, type Some, type Tf } from './op.ts';
import { forEachRow, spreadTo } from './rows.ts';

/**
 * How an op is applied at each of several places, such as the steps of a sequence: the axes of the places, how many of
 * them each input has (an input without any is the same at all places), and the op's own attributes.
 */
export interface LiftedAttrs {
  readonly places: Shape;
  readonly own: readonly number[];
  readonly of: object;
}

const known = new WeakMap<AnyOp, Op<LiftedAttrs, string>>();

/**
 * Returns the op that applies another at each place of its inputs. It computes all places at once, as rows of one
 * batch; parameters are those of the op, common to all places. The mean over a batch is that over all places.
 */
export function lifted(op: AnyOp): Op<LiftedAttrs, string> {
  const before = known.get(op);
  if (before) return before;
  const made = liftedOp(op);
  known.set(op, made);
  return made;
}

const liftedName = (name: string): string => `each(${name})`;

/** Returns the name of an op, whether it is applied at each place or not. */
export const unliftedName = (name: string): string => name.replace(/^each\((.*)\)$/, '$1');

/** Whether an op's result is one value for the whole batch, such as the statistics of batch normalisation. */
export const joinsRows = (op: AnyOp): boolean => op.rows === 'mean';

/** Returns why an op cannot be applied at each place, as the end of a sentence; undefined if it can. */
export const unliftable = (op: AnyOp, attrs: object, inputs: number): string | undefined => {
  if (!op.lead || joinsRows(op)) return undefined;
  try {
    const leads: readonly number[] = Array.from({ length: inputs - 1 }, () => 2);
    if (op.lead([2, ...leads], attrs) === 2) return undefined;
  } catch {
    // As below: it does not keep the rows of a batch.
  }
  return op.name;
};

const liftedOp = (op: AnyOp): Op<LiftedAttrs, string> => {
  const innerShapes = (shapes: Some<Shape>, { own }: LiftedAttrs): Some<Shape> =>
    each(shapes, (shape, i) => shape.slice(own[i] ?? 0));
  return {
    name: liftedName(op.name),
    ...(op['~library'] && { '~library': true }),
    ...(joinsRows(op) && { rows: 'mean', lead: () => 0 }),
    shape: (shapes, attrs) => {
      const shape: Shape = op.shape(innerShapes(shapes, attrs), attrs.of);
      return joinsRows(op) ? shape : [...attrs.places, ...shape];
    },
    // Any op's parameters are a record of them.
    params: (shapes, attrs) => (op.params?.(innerShapes(shapes, attrs), attrs.of) ?? {}) as Record<string, Param>,
    run: (tf, inputs, attrs, params, site) => {
      const batch = inputs.find((_, i) => (site.leads[i] ?? 0) > 0)?.shape[0];
      const rows = each(inputs, (x, i) => runRows(tf, x, place(site, attrs, i), batch));
      const result: tfjs.Tensor = op.run(tf, rows, attrs.of, params, innerSite(site, attrs, op));
      return joinsRows(op) ? result : tf.reshape(result, [...(site.lead > 0 ? [-1] : []), ...site.shape]);
    },
    lower: (onnx, inputs, attrs, params, site) => {
      const batched = inputs.find((_, i) => (site.leads[i] ?? 0) > 0);
      const rows = each(inputs, (x, i) => lowerRows(onnx, x, place(site, attrs, i), batched));
      const result: Value = op.lower(onnx, rows, attrs.of, params, innerSite(site, attrs, op));
      return joinsRows(op) ? result : onnx.Reshape(result, [...(site.lead > 0 ? [-1] : []), ...site.shape]);
    },
  };
};

/** The site of an op that is applied to rows: each place of each example is one. */
const innerSite = (site: OpContext, { places, own }: LiftedAttrs, op: AnyOp): OpContext => {
  const most = Math.max(...site.leads, 1) * size(places);
  return {
    shapes: each(site.shapes, (shape, i) => shape.slice(own[i] ?? 0)),
    leads: each(site.leads, (lead, i) => (lead > 0 || (own[i] ?? 0) > 0 ? most : 0)),
    shape: joinsRows(op) ? site.shape : site.shape.slice(places.length),
    lead: joinsRows(op) ? 0 : most,
  };
};

/** An input of a lifted op: its places, and those of the result. */
interface Placed {
  readonly lead: number;
  /** Whether another input has examples. */
  readonly batched: boolean;
  readonly has: Shape;
  readonly places: Shape;
  readonly inner: Shape;
}

const place = ({ leads, shapes }: OpContext, { places, own }: LiftedAttrs, i: number): Placed => {
  const [shape, count] = [shapes[i] ?? [], own[i] ?? 0];
  return {
    lead: leads[i] ?? 0,
    batched: leads.some((lead) => lead > 0),
    has: places.slice(0, count),
    places,
    inner: shape.slice(count),
  };
};

/** An input that is the same everywhere, such as a parameter, stays without rows: ops combine it with every row. */
const isCommon = ({ lead, has }: Placed): boolean => lead === 0 && has.length === 0;

/** Returns a shape with axes of length 1 for the places that an input does not have. */
const stretched = ({ has, places, inner }: Placed): Shape => [
  ...has,
  ...Array.from({ length: places.length - has.length }, () => 1),
  ...inner,
];

const runRows = (tf: Tf, x: tfjs.Tensor, at: Placed, batch = 1): tfjs.Tensor => {
  if (isCommon(at)) return x;
  const axes = [at.lead > 0 ? batch : 1, ...stretched(at)];
  const all = [at.batched ? batch : 1, ...at.places, ...at.inner];
  return tf.reshape(spreadTo(tf, tf.reshape(x, axes), all), [-1, ...at.inner]);
};

const lowerRows = (onnx: OnnxBuilder, x: Value, at: Placed, batched: Value | undefined): Value => {
  if (isCommon(at)) return x;
  let whole = x;
  if (at.has.length < at.places.length)
    whole = onnx.Expand(onnx.Reshape(x, [at.lead > 0 ? -1 : 1, ...stretched(at)]), [1, ...at.places, ...at.inner]);
  if (at.lead === 0 && batched) whole = forEachRow(onnx, whole, [...at.places, ...at.inner], batched);
  return onnx.Reshape(whole, [-1, ...at.inner]);
};

/** Like `libraryOp`, for an op that works on examples; values without a batch axis are one. */
export const exampleOp = <A extends object, P extends string>(op: Op<A, P>): Op<A, P> =>
  alsoWithoutBatch(libraryOp(op));

/**
 * Lets an op that works on examples take values without a batch axis, such as parameters, as a batch of one. All its
 * inputs must then have none.
 */
const alsoWithoutBatch = <A extends object, P extends string>(op: Op<A, P>): Op<A, P> => {
  const single = (site: OpContext): OpContext => ({ ...site, leads: each(site.leads, () => 1), lead: 1 });
  return {
    ...op,
    run: (tf, inputs, attrs, params, site) => {
      if (site.lead > 0) return op.run(tf, inputs, attrs, params, site);
      const batch = each(inputs, (x) => tf.expandDims(x, 0));
      return tf.squeeze(op.run(tf, batch, attrs, params, single(site)), [0]);
    },
    lower: (onnx, inputs, attrs, params, site) => {
      if (site.lead > 0) return op.lower(onnx, inputs, attrs, params, site);
      const batch = each(inputs, (x) => onnx.Unsqueeze(x, [0]));
      return onnx.Squeeze(op.lower(onnx, batch, attrs, params, single(site)), [0]);
    },
  };
};
