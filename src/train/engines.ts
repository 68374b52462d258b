import { loadBackend } from './backend.ts';
import type { Engine } from './engine.ts';
import { tfjsEngine } from './tfjs.ts';

/** The engine that trains where none is named: TensorFlow.js, natively where tfjs-node can be loaded. */
export async function usualEngine(): Promise<Engine> {
  return tfjsEngine(await loadBackend());
}
