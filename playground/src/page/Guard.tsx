import type { ComponentChildren } from 'preact';
import { useErrorBoundary } from 'preact/hooks';
import { problemOf } from '../session/problem.ts';
import { ProblemCard } from '../view/ProblemCard.tsx';

/** Its children or, if showing them fails, a card that says so. */
export const Guard = ({ children }: { readonly children: ComponentChildren }) => {
  const [error, reset] = useErrorBoundary();
  if (error === undefined) return <>{children}</>;
  return (
    <main class="fallback">
      <ProblemCard problem={problemOf(error, 'The page hit an error')} onRetry={reset} />
    </main>
  );
};
