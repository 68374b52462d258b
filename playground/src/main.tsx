import { render } from 'preact';
import { readManifest } from 'cvae-compile/runtime';
import { App } from './app.tsx';
import { loadExamples } from './session/examples.ts';
import { createPlayground } from './session/playground.ts';
import { problemOf } from './session/problem.ts';
import { siteOf } from './session/site.ts';
import { ProblemCard } from './view/ProblemCard.tsx';
import './style.css';

/** Opens the site's model, and shows it, or why it cannot be shown. */
const start = async (root: HTMLElement): Promise<void> => {
  const site = siteOf(document.baseURI);
  try {
    const manifest = await readManifest(site.folder);
    document.title = `${manifest.name} · cvae-compile`;
    const examples = await loadExamples(site, manifest);
    root.replaceChildren();
    render(<App playground={createPlayground(site, manifest, examples, {})} />, root);
  } catch (error) {
    root.replaceChildren();
    render(
      <main class="fallback">
        <ProblemCard problem={problemOf(error, 'The model could not be read')} onRetry={() => location.reload()} />
      </main>,
      root,
    );
  }
};

const root = document.getElementById('app');
if (root) void start(root);
