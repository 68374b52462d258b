import { effect } from '@preact/signals';
import { isDrawable } from '../../../src/distributions/data/drawable.ts';
import type { Manifest, Specimens } from '../../../src/signature.ts';
import { valuesOf, type Value, type Values } from '../condition/values.ts';
import type { Pin } from '../latent/latent.ts';
import type { Playground, Start, Tab } from '../session/playground.ts';
import { INITIAL, initialOf } from '../session/settings.ts';
import { TABLE_VIEWS } from '../table/state.ts';
import { valueOfText, valueText } from './values.ts';

/** What an address says about the page after the `#`: everything that the user has chosen. What it leaves out starts at its default. */
export const readAddress = async (hash: string, manifest: Manifest, { examples }: Specimens): Promise<Start> => {
  const query = new URLSearchParams(hash.replace(/^#/, ''));
  const number = (name: string): number | undefined => {
    const text = query.get(name);
    const value = Number(text);
    return text === null || text === '' || !Number.isFinite(value) || value < 0 ? undefined : value;
  };
  const whole = (name: string): number | undefined => {
    const value = number(name);
    return value !== undefined && Number.isSafeInteger(value) ? value : undefined;
  };
  const example = examples.find(({ index }) => index === whole('example'));
  const ofExample: Values = example ? valuesOf(manifest, example) : {};
  const values: Record<string, Value> = { ...ofExample };
  for (const [name, condition] of Object.entries(manifest.conditions)) {
    const text = query.get(`c.${name}`);
    const value = text === null ? undefined : await valueOfText(text, condition, ofExample[name]);
    if (value) values[name] = value;
  }
  const [seed, count, temperature] = [whole('seed'), whole('count'), number('temperature')];
  const settings = {
    ...(seed !== undefined && { seed }),
    ...(count !== undefined && count >= 1 && count <= 256 && { count }),
    ...(temperature !== undefined && { temperature }),
    ...(query.has('draw') && isDrawable(manifest) && { draw: query.get('draw') !== 'no' }),
  };
  const tab = TABS.find((name) => name === query.get('tab'));
  const view = TABLE_VIEWS.find((name) => name === query.get('view'));
  const axes = (query.get('axes') ?? '').split(',').map((text) => Number(text) - 1);
  const [first = -1, second = -1] = axes;
  const isAxis = (axis: number): boolean => Number.isInteger(axis) && axis >= 0 && axis < manifest.latent;
  const point = (query.get('point') ?? '').split(',').map(Number);
  const [a, b] = [pinOf(query.get('a')), pinOf(query.get('b'))];
  return {
    ...(Object.keys(values).length > 0 && { values }),
    ...(example && { example: example.index }),
    settings,
    ...(tab && { tab }),
    ...(view && { view }),
    ...(query.get('on') === 'webgpu' && { wish: { backend: 'webgpu' } }),
    ...(isAxis(first) && isAxis(second) && { axes: [first, second] }),
    ...(query.has('point') && point.length === manifest.latent && point.every(Number.isFinite) && { point }),
    pins: { ...(a && { a }), ...(b && { b }) },
  };
};

const TABS: readonly Tab[] = ['samples', 'latent', 'ask', 'train', 'make', 'code', 'model'];

/** Keeps the address in step with the page, a moment after it has come to rest; a copied one shows the same again. */
export const keepAddress = (playground: Playground): void => {
  let waiting: ReturnType<typeof setTimeout> | undefined;
  let newest = 0;
  const tell = async (parts: ReturnType<typeof partsOf>): Promise<void> => {
    const mine = ++newest;
    const hash = await addressOf(playground, parts);
    if (mine === newest) history.replaceState(history.state, '', `#${hash}`);
  };
  effect(() => {
    const parts = partsOf(playground);
    clearTimeout(waiting);
    waiting = setTimeout(() => void tell(parts), REST);
  });
};

const REST = 250;

/** All that an address holds, read so that a change of any of it is noticed. */
const partsOf = ({ tab, values, example, settings, wish, latent, table }: Playground) => ({
  tab: tab.value,
  view: table?.view.value,
  values: values.value,
  example: example.value,
  settings: settings.value,
  backend: wish.value.backend,
  axes: latent.chosen.value ? latent.axes.value : undefined,
  point: latent.point.value,
  pins: latent.pins.value,
});

const addressOf = async (
  { loaded, manifest }: Playground,
  { tab, view, values, example, settings, backend, axes, point, pins }: ReturnType<typeof partsOf>,
): Promise<string> => {
  const query = new URLSearchParams();
  const { seed, count, temperature, draw } = settings;
  if (tab !== 'samples') query.set('tab', tab);
  if (view !== undefined && view !== 'distributions') query.set('view', view);
  if (example) query.set('example', `${example.index}`);
  for (const [name, value] of Object.entries(values)) {
    const condition = manifest.conditions[name];
    if (condition) query.set(`c.${name}`, await valueText(value, condition, loaded.peek()?.[name]));
  }
  query.set('seed', `${seed}`);
  if (count !== INITIAL.count) query.set('count', `${count}`);
  if (temperature !== initialOf(manifest).temperature) query.set('temperature', `${temperature}`);
  if (draw !== initialOf(manifest).draw) query.set('draw', draw ? '' : 'no');
  if (backend === 'webgpu') query.set('on', backend);
  if (axes) query.set('axes', axes.map((axis) => axis + 1).join(','));
  if (point.some((value) => value !== 0)) query.set('point', point.map((value) => Number(value.toFixed(3))).join(','));
  for (const [end, pin] of Object.entries(pins)) query.set(end, `${pin.seed}.${pin.index}.${pin.temperature}`);
  // Characters that an address may hold unescaped, and that read better so.
  return `${query}`.replaceAll('%2C', ',').replace(/=(?=&|$)/g, '');
};

const pinOf = (text: string | null): Pin | undefined => {
  const [, seed, index, temperature] = /^(\d+)\.(\d+)\.([\d.]+)$/.exec(text ?? '') ?? [];
  if (seed === undefined || !Number.isSafeInteger(Number(seed)) || !Number.isFinite(Number(temperature)))
    return undefined;
  return { seed: Number(seed), index: Number(index), temperature: Number(temperature) };
};
