/**
 * ONNX as plain data: builds, prints, parses, checks, encodes, decodes and evaluates graphs. Independent of models.
 *
 * @module cvae-compile/onnx
 */
export { OnnxBuilder, type Ints, type Operand, type Reduction, type Result, type Value } from './builder.ts';
export { DTYPES, ELEMENT, isFloat, type Arrays, type DType } from './dtype.ts';
export * from './graph.ts';
export {
  IR_MAX,
  OPERATORS,
  OPSET,
  OPSET_MAX,
  OPSET_MIN,
  irVersionOf,
  parametersOf,
  runsEverywhere,
  within,
  isOperator,
  specOf,
  type Attributes,
  type Operator,
  type OperatorSpec,
} from './schema.ts';
export { numbersOf, tensorOf } from './tensor.ts';
export { check, checkGraph } from './check.ts';
export { decode, type DecodeOptions } from './decode.ts';
export { encode, encodeExternal } from './encode.ts';
export type { Chunk, ExternalFile, ExternalModel } from './external.ts';
export { infer, type Types } from './infer.ts';
export { parse, parseGraph, type ParseOptions } from './parse.ts';
export { print, type PrintOptions } from './print.ts';
export { evaluate, type EvaluateOptions, type Limits } from './evaluate.ts';
export { differentiate, type Derivative } from '../compiler/differentiate.ts';
