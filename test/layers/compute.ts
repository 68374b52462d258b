import { lower } from '../../src/compiler/lower.ts';
import { bodyOf, type Tensors } from '../../src/dsl/network.ts';
import type { Tensor } from '../../src/dsl/tensor.ts';
import { resolve } from '../../src/graph/resolve.ts';
import type { Shape } from '../../src/shape/shape.ts';
import { size } from '../../src/shape/size.ts';
import { drawnWeights } from '../../src/testing/draw.ts';
import type { Weights } from '../../src/weights/weights.ts';
import { runReference } from '../../src/testing/engines.ts';

/** Numbers for some examples, one after another, and the shape of one. */
export interface Given {
  readonly shape: Shape;
  readonly data: readonly number[];
}

/** What an expression is for these examples, in float64, with these weights, else random ones. */
export function compute(
  given: Readonly<Record<string, Given>>,
  body: (inputs: Readonly<Record<string, Tensor>>) => Tensor | Tensors,
  weights: Weights = new Map(),
): Readonly<Record<string, readonly number[]>> {
  const shapes = Object.fromEntries(Object.entries(given).map(([name, { shape }]) => [name, shape]));
  const graph = resolve(bodyOf('compute', shapes, body), { mode: 'infer' });
  const values = Object.fromEntries(
    Object.entries(given).map(([name, { shape, data }]) => [
      name,
      { shape: [data.length / size(shape), ...shape], data: Float64Array.from(data) },
    ]),
  );
  const { values: outputs } = runReference(
    lower(graph, new Map([...drawnWeights(graph.params, 1), ...weights])),
    values,
  );
  return Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, Array.from(data)]));
}
