import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { latestWins, type Outputs } from 'cvae-compile/runtime';
import type { Playground } from '../session/playground.ts';

/** What is decoded: latents, and conditions as the runtime takes them. */
interface Decode {
  readonly z: Float32Array;
  readonly given: Readonly<Record<string, unknown>>;
}

/**
 * y at latents, as soon as the model has it: asked again when the model or one of `by` changes, the newest question first. `shown` comes
 * with the answer to its question.
 */
export const useDecoded = <T>(
  { opening, fail }: Pick<Playground, 'opening' | 'fail'>,
  by: readonly unknown[],
  question: () => (Decode & { readonly shown: T }) | undefined,
): { readonly outputs: Outputs; readonly shown: T } | undefined => {
  const found = useSignal<{ readonly outputs: Outputs; readonly shown: T } | undefined>(undefined);
  const newest = useSignal(latestWins((call: () => Promise<Outputs>) => call()));
  const model = opening.opened.value?.model;
  useEffect(() => {
    const asked = question();
    if (!model || !asked) return;
    const answer = async (): Promise<void> => {
      try {
        const outputs = await newest.peek()(() => model.decode(asked.z, asked.given));
        if (outputs) found.value = { outputs, shown: asked.shown };
      } catch (error) {
        // An error of a model that has been closed and replaced does not matter.
        if (opening.opened.peek()?.model === model) fail(error);
      }
    };
    void answer();
  }, [model, ...by]);
  return found.value;
};
