// Reads a safetensors file with this package and writes it again: `jiti test/python/safetensors.ts <from> <to>`.
import { loadWeights, saveWeights } from '../../src/weights/file.ts';

const [from = '', to = ''] = process.argv.slice(2);
const { weights, metadata } = await loadWeights(from);
await saveWeights(to, weights, metadata);
