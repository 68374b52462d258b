import { dtypeOfCode } from './dtype.ts';
import type { Dim, Kept, ValueInfo } from './graph.ts';
import { keep } from './kept.ts';
import type { onnx } from './proto/onnx.js';
import { whole, type Reading } from './reading.ts';

type Dimension = onnx.TensorShapeProto.Dimension.$Properties;

/** Decodes an input or an output of a graph of a file. */
export const decodeValue = (message: onnx.ValueInfoProto.$Properties, { fail }: Reading): ValueInfo => {
  const { name, type, $unknowns, ...rest } = message;
  const { tensorType, value: _, $unknowns: ofType, ...typed } = type ?? {};
  const odd = (what: string): never =>
    fail(
      `expected inputs and outputs to be tensors of known rank, got ${name || 'one without a name'}${what}; convert the model to types that can`,
    );
  const { elemType, shape, $unknowns: ofTensor } = tensorType ?? {};
  const dtype = dtypeOfCode(elemType ?? 0);
  if (!name) return odd('');
  if (!tensorType) return odd(', which is none');
  if (!dtype) return odd(` of ONNX's element type ${elemType ?? 0}`);
  if (!shape) return odd(', whose rank is not given');
  const dims = shape.dim ?? [];
  const kept = dims.map(keptOfDim);
  return {
    name,
    dtype,
    shape: dims.map(decodeDim),
    ...keep(
      {
        ...rest,
        type: keep({ ...typed, tensorType: keep({ shape: keep({}, shape.$unknowns).kept }, ofTensor).kept }, ofType)
          .kept,
        ...(kept.some((one) => one !== undefined) && { dims: kept.map((one) => one ?? {}) }),
      },
      $unknowns,
    ),
  };
};

const decodeDim = ({ dimValue, dimParam }: Dimension): Dim =>
  dimValue === undefined || dimValue === null ? dimParam || '?' : whole(dimValue);

/** Returns the fields of a dimension other than its length or symbol; an empty symbol is kept too. */
const keptOfDim = (dim: Dimension): Kept | undefined => {
  const { dimValue, dimParam, value: _, $unknowns, ...rest } = dim;
  const isSymbol = (dimValue === undefined || dimValue === null) && dimParam !== '' && dimParam !== '?';
  return keep({ ...rest, ...(!isSymbol && { dimParam }) }, $unknowns).kept;
};
