import { useSignal } from '@preact/signals';
import type { SelfTest } from 'cvae-compile/runtime';
import type { Playground } from '../session/playground.ts';
import { problemOf, type Problem } from '../session/problem.ts';
import { ProblemCard } from '../view/ProblemCard.tsx';

/** Whether the files compute on this machine what they did when they were exported: they carry examples for it. */
export const Proof = ({ playground: { opening } }: { readonly playground: Playground }) => {
  const test = useSignal<SelfTest | undefined>(undefined);
  const problem = useSignal<Problem | undefined>(undefined);
  const model = opening.opened.value?.model;
  const run = (): void => {
    problem.value = undefined;
    model?.selfTest().then(
      (found) => (test.value = found),
      (error: unknown) => (problem.value = problemOf(error, 'The self-test could not run')),
    );
  };
  return (
    <section aria-labelledby="proof">
      <h2 id="proof">Self-test</h2>
      <p class="hint">
        Each file carries a test input and the outputs that a float64 reference computed for it at export.
      </p>
      <button type="button" class="button" disabled={model === undefined} onClick={run}>
        Run the self-test
      </button>
      <p role="status">
        {test.value && (
          <>
            <b>{test.value.passed ? 'Passed' : 'Failed'}</b>: max difference {test.value.largest.toExponential(1)},
            tolerance {test.value.tolerance.toExponential(0)} (
            {Object.entries(test.value.parts)
              .map(([part, largest]) => `${part} ${largest.toExponential(1)}`)
              .join(', ')}
            )
          </>
        )}
      </p>
      {problem.value && <ProblemCard problem={problem.value} />}
    </section>
  );
};
