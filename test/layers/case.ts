import type { Tensor } from '../../src/dsl/tensor.ts';
import type { Lead } from '../../src/graph/op.ts';
import type { Shape } from '../../src/shape/shape.ts';
import type { Case, CaseInput } from '../../src/testing/case.ts';
import type { Layer } from '../../src/testing/layer.ts';

/** A layer, and what it is tried with. */
export interface LayerCase extends Case {
  readonly layer: Layer;
}

type Tensors<I extends readonly Shape[]> = { [K in keyof I]: Tensor<[...I[K]]> };

/** Settings of a case besides its shapes. */
export interface Options
  extends Pick<Case, 'name' | 'batches' | 'gradient' | 'tolerance'>, Pick<CaseInput, 'between' | 'values'> {
  /** The leads of the inputs, 1 by default. */
  readonly leads?: readonly Lead[];
}

/**
 * A case whose expected shape is also the one that the layer's type gives: the compiler checks the type against it, `testLayer`
 * the result.
 */
export const given = <const I extends readonly Shape[], S extends Shape>(
  shapes: I,
  layer: (...inputs: Tensors<I>) => Tensor<S>,
  shape: NoInfer<S>,
  { leads = [], between, values, ...options }: Options = {},
): LayerCase => ({
  ...options,
  // The case's own inputs are of these very shapes.
  layer: layer as unknown as Layer,
  inputs: shapes.map((own, i) => ({
    shape: own,
    lead: leads[i] ?? 1,
    ...(between && { between }),
    ...(values && { values }),
  })),
  shape,
});
