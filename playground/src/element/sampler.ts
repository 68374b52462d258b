import type { Condition, Manifest } from '../../../src/signature.ts';
import type { Model, Outputs, Picture } from 'cvae-compile/runtime';
import { shownAt } from '../../../src/values/shown-at.ts';
import { fieldOf, type Field } from './field.ts';
import { STYLE } from './style.ts';
import { tableOf } from './table.ts';

/** What a model's `model.js` exports: what `cvae-compile export --target wasm` writes. */
interface ModelModule {
  readonly signature: Manifest;
  open(): Promise<Model>;
  toRgba(picture: Picture): Pick<ImageData, 'width' | 'height'> & { readonly data: Uint8ClampedArray<ArrayBuffer> };
}

/**
 * `<cvae-sampler src="model/">`: a model that was exported as WebAssembly, with a control for each condition, and what it draws. `src` is
 * the address of its folder, or of its `model.js`; `seed` (1), `count` (16), `columns` and `temperature` (what training measured to be shown
 * best, else 1) are as in `sample`. Each
 * drawing is a `cvae-samples` event, whose detail is what `sample` returned. An error is shown, and is an `error` event.
 */
export class CvaeSampler extends HTMLElement {
  static readonly observedAttributes = ['src', 'seed', 'count', 'columns', 'temperature'];

  readonly #root = this.attachShadow({ mode: 'open' });
  #loaded: { readonly module: ModelModule; readonly model: Model; readonly fields: readonly Field[] } | undefined;
  #loads = 0;
  #drawing: Promise<void> | undefined;
  #again = false;

  connectedCallback(): void {
    void this.#load();
  }

  disconnectedCallback(): void {
    this.#loads++;
    void this.#loaded?.model.close();
    this.#loaded = undefined;
  }

  attributeChangedCallback(name: string): void {
    if (!this.isConnected) return;
    if (name === 'src') void this.#load();
    else this.#redraw();
  }

  /** The conditions that are set, as `sample` takes them. */
  get conditions(): Readonly<Record<string, unknown>> {
    return Object.fromEntries((this.#loaded?.fields ?? []).map(({ name, value }) => [name, value()]));
  }

  #number(name: string, usual: number): number {
    const value = Number(this.getAttribute(name) ?? usual);
    return Number.isFinite(value) && value >= 0 ? value : usual;
  }

  async #load(): Promise<void> {
    const load = ++this.#loads;
    this.#root.innerHTML = `<style>${STYLE}</style><p role="status">Loading…</p>`;
    try {
      const src = new URL(this.getAttribute('src') || './', document.baseURI);
      const address = /\.m?js$/.test(src.pathname) ? src : new URL('model.js', src.href.replace(/\/?$/, '/'));
      if (address.pathname.endsWith('/model.js')) preload(new URL('model.wasm', address));
      // The script is the user's own model, at an address that is known here only.
      const module = (await import(/* @vite-ignore */ address.href)) as ModelModule;
      const model = await module.open();
      if (load !== this.#loads) return void model.close();
      await this.#loaded?.model.close();
      this.#show(module, model);
      this.#redraw();
    } catch (error) {
      if (load === this.#loads) this.#fail(error);
    }
  }

  #show(module: ModelModule, model: Model): void {
    const { conditions } = module.signature;
    const redraw = (): void => this.#redraw();
    const fields = Object.entries<Condition>(conditions)
      .filter(([, { maskOf }]) => maskOf === undefined)
      .map(([one, condition]) => fieldOf(one, condition, redraw));
    this.#loaded = { module, model, fields };
    const form = document.createElement('form');
    form.part.add('controls');
    form.append(...fields.map(({ element }) => element), this.#seed());
    form.addEventListener('submit', (event) => event.preventDefault());
    const output = document.createElement('div');
    output.part.add('samples');
    const status = document.createElement('p');
    status.setAttribute('role', 'status');
    this.#root.querySelector('p')?.remove();
    this.#root.append(form, output, status);
  }

  #seed(): HTMLElement {
    const label = document.createElement('label');
    label.textContent = 'Seed';
    const input = document.createElement('input');
    Object.assign(input, { type: 'number', min: '0', step: '1', value: `${this.#number('seed', 1)}` });
    input.addEventListener('input', () => this.setAttribute('seed', input.value || '0'));
    const next = document.createElement('button');
    Object.assign(next, { type: 'button', textContent: 'New' });
    next.addEventListener('click', () => {
      input.value = `${Math.floor(Math.random() * 1e6)}`;
      this.setAttribute('seed', input.value);
    });
    label.append(input);
    const both = document.createElement('span');
    both.append(label, next);
    return both;
  }

  /** Draws what is asked for now; what was asked for meanwhile, once it has ended. */
  #redraw(): void {
    if (this.#drawing) return void (this.#again = true);
    this.#drawing = this.#draw()
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#drawing = undefined;
        if (!this.#again) return;
        this.#again = false;
        this.#redraw();
      });
  }

  async #draw(): Promise<void> {
    if (!this.#loaded) return;
    const { module, model } = this.#loaded;
    const { kind, target } = module.signature;
    const [seed, count] = [Math.floor(this.#number('seed', 1)), Math.max(1, Math.floor(this.#number('count', 16)))];
    // By default what training measured to be shown best.
    const temperature = this.#number('temperature', shownAt(module.signature) ?? 1);
    // Rows of a table are drawn: a mean of classes is not such a row.
    const how = { count, seed, temperature, draw: !target.image };
    const samples = kind === 'cvae' ? await model.sample(this.conditions, how) : await model.mean(this.conditions);
    const output = this.#root.querySelector('[part=samples]');
    output?.replaceChildren(target.image ? this.#canvas(module, samples) : tableOf(target, samples));
    const status = this.#root.querySelector('[role=status]');
    if (status) status.textContent = '';
    this.dispatchEvent(new CustomEvent('cvae-samples', { detail: samples }));
  }

  #canvas({ toRgba, signature }: ModelModule, samples: Outputs): HTMLCanvasElement {
    const columns = this.#number('columns', 0);
    const { data, width, height } = toRgba(samples.grid(...(columns >= 1 ? [Math.floor(columns)] : [])));
    const canvas = Object.assign(document.createElement('canvas'), { width, height });
    canvas.setAttribute('role', 'img');
    canvas.setAttribute('aria-label', `Samples of ${signature.name}`);
    canvas.getContext('2d')?.putImageData(new ImageData(data, width, height), 0, 0);
    return canvas;
  }

  #fail(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    const status = this.#root.querySelector('[role=status]') ?? this.#root.appendChild(document.createElement('p'));
    status.setAttribute('role', 'status');
    status.textContent = message;
    this.dispatchEvent(new ErrorEvent('error', { message, error }));
  }
}

/** Asks, once in a page, for a file that a script which is still on its way will fetch: both come at the same time. */
function preload({ href }: URL): void {
  const links = [...document.querySelectorAll<HTMLLinkElement>('link[rel=preload]')];
  if (links.some((link) => link.href === href)) return;
  const link = document.createElement('link');
  Object.assign(link, { rel: 'preload', as: 'fetch', crossOrigin: 'anonymous', href });
  document.head.append(link);
}

if (!customElements.get('cvae-sampler')) customElements.define('cvae-sampler', CvaeSampler);
