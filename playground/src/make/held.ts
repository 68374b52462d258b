import { effect, signal, type ReadonlySignal, type Signal } from '@preact/signals';
import type { Held } from '../../../src/making/make.ts';
import { loadExamples } from '../session/examples.ts';
import type { Manifest } from '../../../src/signature.ts';
import { createPlayground, type Playground, type Start } from '../session/playground.ts';
import type { Files } from '../session/site.ts';
import { viewOf } from '../view/view-of.ts';

/**
 * Follows a model that is being made: the state of a page for it, in which the same plots show what training makes of it. It is another
 * one where the model has other variables or other files.
 */
export const followHeld = (
  model: ReadonlySignal<Held | undefined>,
  { site, engines, wish }: Pick<Playground, 'site' | 'engines' | 'wish'>,
): ReadonlySignal<Playground | undefined> => {
  const playground = signal<Playground | undefined>(undefined);
  let current: { readonly kind: string; readonly files: Signal<Files> } | undefined;
  let count = 0;
  const follow = async (held: Held | undefined): Promise<void> => {
    const mine = ++count;
    const kind = held && kindOf(held);
    if (held && current && current.kind === kind) {
      current.files.value = held.files;
      return;
    }
    const before = playground.peek();
    current = undefined;
    if (held && kind !== undefined) {
      const files = signal<Files>(held.files);
      const folder = new URL(`made-${mine}/`, site.folder);
      const own = { folder, ort: site.ort, held: files };
      const examples = await loadExamples(own, held.manifest);
      if (mine !== count) return;
      current = { kind, files };
      const { backend, threads } = wish.peek();
      const start = before
        ? { settings: before.settings.peek(), values: before.values.peek() }
        : sheetOf(held.manifest);
      const using = { site: own, engines: { onnx: true, webgpu: engines.webgpu } };
      playground.value = createPlayground(using, held.manifest, examples, { ...start, wish: { backend, threads } });
    } else {
      playground.value = undefined;
    }
    await before?.opening.opened.peek()?.model.close();
  };
  effect(() => void follow(model.value));
  return playground;
};

/** What a page of pictures by class begins with: a row of samples for each class. */
const sheetOf = ({ conditions, target }: Manifest): Start => {
  const [label] = Object.entries(conditions).filter(([, { kind }]) => kind === 'categorical');
  return viewOf(target) && label ? { values: { [label[0]]: { kind: 'all' } }, settings: { count: ACROSS } } : {};
};
const ACROSS = 6;

/** What a page's state depends on: the variables of a model, and which files it has. */
const kindOf = ({ manifest: { conditions, target, latent }, files }: Held): string =>
  JSON.stringify([conditions, target, latent, [...files.keys()].sort()]);
