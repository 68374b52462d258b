import { Conditions } from '../condition/Conditions.tsx';
import { StatusBar } from '../meter/StatusBar.tsx';
import type { Playground } from '../session/playground.ts';
import { ProblemCard } from '../view/ProblemCard.tsx';
import { Guard } from './Guard.tsx';
import { Header } from './Header.tsx';
import { Tabs } from './Tabs.tsx';

/** The page of one model. */
export const App = ({ playground }: { readonly playground: Playground }) => {
  const { opening, problem } = playground;
  const failed = opening.problem.value ?? problem.value;
  const notice = opening.notice.value;
  return (
    <Guard>
      <Header playground={playground} />
      <main class="page">
        <Conditions playground={playground} />
        <div class="results">
          {failed && <ProblemCard problem={failed} onRetry={opening.retry} />}
          {notice && (
            <p class="notice" role="status">
              {notice}
            </p>
          )}
          <Tabs playground={playground} />
        </div>
      </main>
      <StatusBar playground={playground} />
    </Guard>
  );
};
