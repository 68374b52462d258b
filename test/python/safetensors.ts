// Reads a safetensors file with this package and writes it again: `jiti test/python/safetensors.ts <from> <to>`.
import { writeFile } from 'node:fs/promises';
import { loadWeights } from '../../src/weights/file.ts';
import { encodeSafetensors } from '../../src/weights/safetensors.ts';

const [from = '', to = ''] = process.argv.slice(2);
const { weights, metadata } = await loadWeights(from);
await writeFile(to, encodeSafetensors(weights, metadata));
