/** The key of an ONNX file's metadata under which its `Label` stands, as JSON. */
export const LABEL_KEY = 'cvae.label';

/** The key of an ONNX file's metadata under which its `Example` stands, as JSON. */
export const EXAMPLE_KEY = 'cvae.selfTest';
