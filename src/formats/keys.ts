/** The metadata key of an ONNX file for its `Label`, as JSON. */
export const LABEL_KEY = 'cvae.label';

/** The metadata key of an ONNX file for its `Example`, as JSON. */
export const EXAMPLE_KEY = 'cvae.selfTest';
