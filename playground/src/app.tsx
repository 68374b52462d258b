import { Conditions } from './condition/Conditions.tsx';
import { StatusBar } from './meter/StatusBar.tsx';
import { SamplesPanel } from './samples/SamplesPanel.tsx';
import type { Playground } from './session/playground.ts';
import { ProblemCard } from './view/ProblemCard.tsx';

/** The page of one model. */
export const App = ({ playground }: { readonly playground: Playground }) => {
  const { manifest, opening, drawing } = playground;
  const loading = opening.loading.value;
  const problem = opening.problem.value;
  return (
    <>
      <header class="top">
        <h1>{manifest.name}</h1>
      </header>
      <main class="page">
        <Conditions playground={playground} />
        <div class="results">
          {problem && <ProblemCard problem={problem} onRetry={opening.retry} />}
          {drawing.problem.value && <ProblemCard problem={drawing.problem.value} />}
          {loading && (
            <p class="loading" role="status">
              Loading <progress value={loading.loaded} max={loading.total || 1} aria-label="Loading the model" />
            </p>
          )}
          <SamplesPanel playground={playground} />
        </div>
      </main>
      <StatusBar playground={playground} />
    </>
  );
};
