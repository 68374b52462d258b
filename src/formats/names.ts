/** The version of these types that is written, and the newest that is read. Unknown keys are ignored. */
export const FORMAT = 1;

/** The name of the file, in an exported folder, that is written last and read first. */
export const MANIFEST_FILE = 'model.json';

/** The key of an ONNX file's metadata under which its `Label` stands, as JSON. */
export const LABEL_KEY = 'cvae.label';

/** The key of an ONNX file's metadata under which its `Example` stands, as JSON. */
export const EXAMPLE_KEY = 'cvae.selfTest';

/** The name of the file of examples, in a run's folder and an exported one. */
export const SPECIMENS_FILE = 'examples.json';
