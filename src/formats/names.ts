/** The name of the manifest in an exported folder, which is written last and read first. */
export const MANIFEST_FILE = 'model.json';

/** The name of the file of examples, in a run's folder and an exported one. */
export const SPECIMENS_FILE = 'examples.json';
