// node export.mjs FOLDER FILE: writes the compiled model that a file holds to a folder, through the library as it is built.
import { readFileSync } from 'node:fs';
import { deserialize } from 'node:v8';
import { write } from '../../../dist/compiler/index.js';

const [, , folder, file] = process.argv;
await write(folder, deserialize(readFileSync(file)), async () => undefined);
