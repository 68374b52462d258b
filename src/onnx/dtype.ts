/** The array type of a tensor's elements, by element type: float16 as its bits, bool as 0 and 1. */
export interface Arrays {
  float16: Uint16Array;
  float32: Float32Array;
  float64: Float64Array;
  int8: Int8Array;
  int32: Int32Array;
  int64: BigInt64Array;
  uint8: Uint8Array;
  bool: Uint8Array;
}

/** An ONNX element type supported in graphs. */
export type DType = keyof Arrays;

interface ElementType<D extends DType> {
  /** The code of this type in ONNX's `TensorProto.DataType`. */
  readonly code: number;
  /** The keyword for this type in ONNX's text syntax. */
  readonly word: string;
  readonly bytes: number;
  readonly array: { new (length: number): Arrays[D]; new (buffer: ArrayBuffer): Arrays[D] };
}

/** Each element type's code and keyword in ONNX, its size in bytes and its array type. */
export const ELEMENT: { readonly [D in DType]: ElementType<D> } = {
  float32: { code: 1, word: 'float', bytes: 4, array: Float32Array },
  uint8: { code: 2, word: 'uint8', bytes: 1, array: Uint8Array },
  int8: { code: 3, word: 'int8', bytes: 1, array: Int8Array },
  int32: { code: 6, word: 'int32', bytes: 4, array: Int32Array },
  int64: { code: 7, word: 'int64', bytes: 8, array: BigInt64Array },
  bool: { code: 9, word: 'bool', bytes: 1, array: Uint8Array },
  float16: { code: 10, word: 'float16', bytes: 2, array: Uint16Array },
  float64: { code: 11, word: 'double', bytes: 8, array: Float64Array },
};

/** All element types, in ONNX's order. */
export const DTYPES: readonly DType[] = ['float32', 'uint8', 'int8', 'int32', 'int64', 'bool', 'float16', 'float64'];

/** Returns the element type with this code in ONNX's `TensorProto.DataType`, or undefined if it is not supported. */
export const dtypeOfCode = (code: number): DType | undefined => DTYPES.find((dtype) => ELEMENT[dtype].code === code);

/** Returns the element type with this keyword in ONNX's text syntax (`float`, `int64`, …), or undefined. */
export const dtypeOfWord = (word: string): DType | undefined => DTYPES.find((dtype) => ELEMENT[dtype].word === word);

/** Whether a type is a floating-point type. */
export const isFloat = (dtype: DType): boolean => dtype === 'float16' || dtype === 'float32' || dtype === 'float64';
