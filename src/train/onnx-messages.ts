import { movable } from '../threads.ts';
import type { Host } from './onnx-host.ts';

/** The methods of a host that answer. */
export type Method = 'open' | 'release' | 'set' | 'get' | 'forget' | 'call';

/** What a worker is asked. */
export type Ask =
  | { readonly op: 'interrupt' }
  | { [M in Method]: { readonly id: number; readonly op: M; readonly args: Parameters<Host[M]> } }[Method];

/** What a worker reports. */
export type Tell =
  | { readonly stops: boolean }
  | { readonly failed: string }
  /** Memory whose first byte ends the loop that runs, if it is set to 1. */
  | { readonly flag: ArrayBuffer }
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: string };

/** Returns the memory of all typed arrays in a value, which moves with a message instead of being copied. */
export const buffersIn = (value: unknown): ArrayBuffer[] => {
  const found: ArrayBufferView[] = [];
  const look = (one: unknown): void => {
    if (typeof one !== 'object' || one === null) return;
    if (ArrayBuffer.isView(one)) found.push(one);
    else for (const inner of Object.values(one)) look(inner);
  };
  look(value);
  return movable(found);
};
