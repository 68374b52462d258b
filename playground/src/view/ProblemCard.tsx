import type { Problem } from '../session/problem.ts';

/** What went wrong, and what to do. */
export const ProblemCard = ({ problem, onRetry }: { readonly problem: Problem; readonly onRetry?: () => void }) => (
  <div class="card problem" role="alert">
    <h2>{problem.title}</h2>
    <p>{problem.cause}</p>
    <p>
      <b>What to do:</b> {problem.remedy}
    </p>
    {onRetry && (
      <button type="button" class="button" onClick={onRetry}>
        Try again
      </button>
    )}
  </div>
);
