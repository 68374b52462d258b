import { effect } from '@preact/signals';
import { render, type ComponentChild } from 'preact';
import { readManifest } from 'cvae-compile/runtime';
import { keepAddress, readAddress } from './address/address.ts';
import { keepOffline } from './offline.ts';
import { App } from './page/App.tsx';
import { loadExamples } from './session/examples.ts';
import { createPlayground } from './session/playground.ts';
import { problemOf } from './session/problem.ts';
import { served, shown } from './session/shown.ts';
import { enginesOf, siteOf } from './session/site.ts';
import { ProblemCard } from './view/ProblemCard.tsx';
import './style.css';

/** Opens the site's model, and shows it, or why it cannot be shown. */
const start = async (show: (page: ComponentChild) => void): Promise<void> => {
  const site = siteOf(document.baseURI);
  const [manifest, engines] = await Promise.all([readManifest(site.folder), enginesOf(document.baseURI)]);
  document.title = `${manifest.name} · cvae-compile`;
  const examples = await loadExamples(site, manifest);
  const playground = createPlayground(
    { site, engines },
    manifest,
    examples,
    await readAddress(location.hash, manifest, examples),
  );
  served.value = playground;
  shown.value = playground;
  show(<Shown />);
  keepAddress(playground);
  addEventListener('unhandledrejection', ({ reason }) => shown.value?.fail(reason));
  addEventListener('error', ({ error }) => shown.value?.fail(error));
  // An address that was typed or pasted over the present one.
  addEventListener('hashchange', () => location.reload());
  const stop = effect(() => {
    if (playground.opening.opened.value === undefined) return;
    void keepOffline();
    queueMicrotask(() => stop());
  });
};

/** The page of the model that is shown. */
const Shown = () => {
  const playground = shown.value;
  return playground && <App key={playground.site.folder.href} playground={playground} />;
};

const root = document.getElementById('app');
if (root) {
  const show = (page: ComponentChild): void => {
    root.querySelector('.fallback')?.remove();
    render(page, root);
  };
  start(show).catch((error: unknown) =>
    show(
      <main class="fallback">
        <ProblemCard problem={problemOf(error, 'The model could not be read')} onRetry={() => location.reload()} />
      </main>,
    ),
  );
}
