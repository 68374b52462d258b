import { useSignal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Playground } from '../session/playground.ts';
import { problemOf, type Problem } from '../session/problem.ts';
import { ProblemCard } from '../view/ProblemCard.tsx';
import { loadTrainPanel, type TrainPanelProps } from './training.ts';

/** The panel for fine-tuning, which is loaded when it is first opened. */
export const TrainTab = ({ playground }: { readonly playground: Playground }) => {
  const { site, manifest, one, settings, examples, wish } = playground;
  const panel = useSignal<{ readonly Panel: ComponentType<TrainPanelProps> } | undefined>(undefined);
  const problem = useSignal<Problem | undefined>(undefined);
  useEffect(() => {
    loadTrainPanel().then(
      (Panel) => (panel.value = { Panel }),
      (error: unknown) => (problem.value = problemOf(error, 'The panel could not be loaded')),
    );
  }, []);
  if (problem.value) return <ProblemCard problem={problem.value} onRetry={() => location.reload()} />;
  if (panel.value === undefined) return <p role="status">Loading…</p>;
  const { Panel } = panel.value;
  return (
    <Panel
      folder={site.folder}
      wasmPaths={site.ort}
      backend={wish.value.backend}
      manifest={manifest}
      conditions={one.value}
      seed={settings.value.seed}
      examples={examples.examples}
      onWeights={(weights) => {
        const { weights: _, ...others } = wish.value;
        wish.value = { ...others, ...(weights && { weights }) };
      }}
    />
  );
};
