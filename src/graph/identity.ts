import { reasonOf } from '../errors.ts';
import { OnnxBuilder } from '../onnx/builder.ts';
import { checkGraph } from '../onnx/check.ts';
import type { OnnxGraph } from '../onnx/graph.ts';
import { print } from '../onnx/print.ts';
import { OPSET } from '../onnx/schema.ts';
import type { Shape } from '../shape/shape.ts';
import { each, type AnyOp, type Lead, type Param, type Some } from './op.ts';

/** An application of an op: everything that its ONNX may depend on. */
export interface Application {
  readonly op: AnyOp;
  readonly attrs: object;
  /** The shapes and leads of its inputs. */
  readonly inputs: Some<{ readonly shape: Shape; readonly lead: Lead }>;
  /** Its own parameters, by the op's names for them. */
  readonly params: Readonly<Record<string, Pick<Param, 'shape'>>>;
  readonly shape: Shape;
  readonly lead: Lead;
}

/** Returns the ONNX graph that an op writes for this application; rethrows any error of its `lower`. */
const written = ({ op, attrs, inputs, params, shape, lead }: Application): OnnxGraph => {
  const onnx = new OnnxBuilder(op.name);
  const batched = (own: Shape, by: Lead) => (by === 0 ? own : [by === 1 ? 'N' : `${by}*N`, ...own]);
  const values = each(inputs, (input, i) => onnx.input(`x${i}`, 'float32', batched(input.shape, input.lead)));
  const owned = Object.fromEntries(
    Object.entries(params).map(([name, param]) => [name, onnx.input(`parameter/${name}`, 'float32', param.shape)]),
  );
  const site = { shapes: each(inputs, (x) => x.shape), leads: each(inputs, (x) => x.lead), shape, lead };
  onnx.output('y', op.lower(onnx, values, attrs, owned, site), 'float32', batched(shape, lead));
  return onnx.graph();
};

/**
 * Returns the computation of an op in this application as the text of the ONNX graph that it writes, including
 * constants; an op's source text does not show the values a closure holds. Undefined if the op fails to write a graph.
 */
export function computed(application: Application): string | undefined {
  let graph: OnnxGraph;
  try {
    graph = written(application);
  } catch {
    return undefined;
  }
  return print(graph);
}

/**
 * Returns why an op cannot be written as ONNX in this application, or why its shape is wrong; undefined if there is no
 * problem.
 */
export function troubleOf(application: Application): string | undefined {
  try {
    checkGraph(written(application), OPSET);
  } catch (error) {
    return reasonOf(error);
  }
  return undefined;
}

/** Whether `other`, applied in the same way, computes the same as the applied op. */
export const sameOp = (applied: Application, other: AnyOp): boolean => {
  const { op } = applied;
  if (op === other) return true;
  // Two copies, or versions, of this package may write the same op as different ONNX.
  if (op['~library'] && other['~library']) return op.name === other.name;
  const text = computed(applied);
  return text !== undefined && text === computed({ ...applied, op: other });
};
