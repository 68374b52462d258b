import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { AskPanel } from '../ask/AskPanel.tsx';
import { canBeAsked } from '../ask/question.ts';
import { CodePanel } from '../code/CodePanel.tsx';
import { LatentPanel } from '../latent/LatentPanel.tsx';
import { ModelPanel } from '../about/ModelPanel.tsx';
import { SamplesPanel } from '../samples/SamplesPanel.tsx';
import type { Playground, Tab } from '../session/playground.ts';
import { MakeTab } from './MakeTab.tsx';
import { TrainTab } from './TrainTab.tsx';
import { hasTraining } from './training.ts';

/** The parts of the page, one shown at a time; arrow keys go from one to the next. */
export const Tabs = ({ playground }: { readonly playground: Playground }) => {
  const { tab, manifest } = playground;
  const trained = useSignal(false);
  const list = useRef<HTMLDivElement>(null);
  const tabs: readonly (readonly [Tab, string])[] = [
    ['samples', manifest.kind === 'cvae' ? 'Samples' : 'Prediction'],
    ...(manifest.kind === 'cvae' ? [['latent', 'Latent'] as const] : []),
    ...(canBeAsked(manifest) ? [['ask', 'Your data'] as const] : []),
    ...(hasTraining(manifest) ? [['train', 'Fine-tune'] as const] : []),
    // It needs the files of onnxruntime-web.
    ...(playground.engines.onnx ? [['make', 'Train'] as const] : []),
    ['code', 'Code'],
    ['model', 'Model'],
  ];
  const shown = tabs.find(([name]) => name === tab.value)?.[0] ?? 'samples';
  if (shown === 'train') trained.value = true;
  // A narrow page shows a part of the tabs: that of an address may be behind it.
  useLayoutEffect(() => {
    const strip = list.current;
    const own = strip?.querySelector(`#tab-${shown}`)?.getBoundingClientRect();
    const room = strip?.getBoundingClientRect();
    if (own && room) strip?.scrollBy(Math.max(0, own.right - room.right) + Math.min(0, own.left - room.left), 0);
  }, [shown]);
  const key = (event: KeyboardEvent): void => {
    const at = tabs.findIndex(([name]) => name === shown);
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: tabs.length - 1 }[event.key];
    const next = to === undefined ? undefined : tabs.at(to % tabs.length);
    if (next === undefined) return;
    event.preventDefault();
    [tab.value] = next;
    list.current?.querySelector<HTMLElement>(`#tab-${next[0]}`)?.focus();
  };
  return (
    <>
      <div class="tabs" role="tablist" aria-label="Views" ref={list} onKeyDown={key}>
        {tabs.map(([name, label]) => (
          <button
            key={name}
            id={`tab-${name}`}
            type="button"
            role="tab"
            aria-selected={name === shown}
            aria-controls={`panel-${name}`}
            tabIndex={name === shown ? 0 : -1}
            onClick={() => (tab.value = name)}
          >
            {label}
          </button>
        ))}
      </div>
      {/* What is being trained continues, and stays, while another tab is open. */}
      {trained.value && (
        <div class="panel" id="panel-train" role="tabpanel" aria-labelledby="tab-train" hidden={shown !== 'train'}>
          <TrainTab playground={playground} />
        </div>
      )}
      <div
        class="panel"
        id={`panel-${shown === 'train' ? 'none' : shown}`}
        role="tabpanel"
        aria-labelledby={`tab-${shown}`}
        hidden={shown === 'train'}
      >
        {shown === 'samples' && <SamplesPanel playground={playground} />}
        {shown === 'latent' && <LatentPanel playground={playground} />}
        {shown === 'ask' && <AskPanel playground={playground} />}
        {shown === 'make' && <MakeTab playground={playground} />}
        {shown === 'code' && <CodePanel playground={playground} />}
        {shown === 'model' && <ModelPanel playground={playground} />}
      </div>
    </>
  );
};
