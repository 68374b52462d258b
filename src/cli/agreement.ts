import type { Engine } from '../compiler/engine.ts';
import type { Agreement } from '../compiler/verify.ts';

/** onnxruntime as the users of the files run them. @throws Unavailable where it is not installed. */
export async function usersEngine(): Promise<Engine> {
  const [{ onnxruntime }, { loadOrt }] = await Promise.all([
    import('../compiler/engine.ts'),
    import('../runtime/ort-node.ts'),
  ]);
  return onnxruntime(await loadOrt(), 'onnxruntime-node');
}

/** The largest difference of all. */
export const largest = (agreements: readonly Agreement[]): number =>
  agreements.reduce((most, { difference }) => Math.max(most, difference), 0);

/** Differences in a sentence: `largest difference 4.2e-7, from the reference and tfjs-node`. */
export const sentence = (agreements: readonly Agreement[]): string => {
  const others = [...new Set(agreements.map((agreement) => agreement.with))];
  return `largest difference ${largest(agreements).toExponential(1)}, from the ${others.join(' and ')}`;
};
