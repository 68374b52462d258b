/** The package's name and version, as its package.json says (a test compares them): what files name as their producer. */
export const LIBRARY = { name: 'cvae-compile', version: '0.1.0' } as const;
