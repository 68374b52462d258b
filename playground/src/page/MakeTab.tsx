import { useSignal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Playground } from '../session/playground.ts';
import { problemOf, type Problem } from '../session/problem.ts';
import { ProblemCard } from '../view/ProblemCard.tsx';

/** The panel that trains a model of your own table, which is loaded when it is first opened. */
export const MakeTab = ({ playground }: { readonly playground: Playground }) => {
  const panel = useSignal<{ readonly Panel: ComponentType<{ readonly playground: Playground }> } | undefined>(
    undefined,
  );
  const problem = useSignal<Problem | undefined>(undefined);
  useEffect(() => {
    import('../make/Panel.tsx').then(
      ({ default: Panel }) => (panel.value = { Panel }),
      (error: unknown) => (problem.value = problemOf(error, 'The panel could not be loaded')),
    );
  }, []);
  if (problem.value) return <ProblemCard problem={problem.value} onRetry={() => location.reload()} />;
  if (panel.value === undefined) return <p role="status">Loading…</p>;
  const { Panel } = panel.value;
  return <Panel playground={playground} />;
};
