/** The name of the file, in an exported folder, that is written last and read first. */
export const MANIFEST_FILE = 'model.json';

/** The name of the file of examples, in a run's folder and an exported one. */
export const SPECIMENS_FILE = 'examples.json';
