import { LIBRARY } from '../version.ts';
import { refuse } from './refusal.ts';
import { VERSION } from './response.ts';
import type { ServedModel } from './served-model.ts';

/** What a request asks for. */
export type Route =
  | { readonly kind: 'metrics' }
  | { readonly kind: 'infer'; readonly model: ServedModel }
  /** An answer that is known at once. */
  | { readonly kind: 'fixed'; readonly status: number; readonly body: unknown };

/** The state of a server, as probes ask for it. */
export interface State {
  readonly live: boolean;
  readonly ready: boolean;
}

const fixed = (body: unknown, isWell = true): Route => ({ kind: 'fixed', status: isWell ? 200 : 503, body });

/** Finds what an address of the Open Inference Protocol stands for. @throws Refusal for one that stands for nothing. */
export const routeOf = (
  method: string,
  url: string,
  models: ReadonlyMap<string, ServedModel>,
  { live, ready }: State,
): Route => {
  const path = segmentsOf(url);
  const is = (...segments: readonly string[]): boolean =>
    path.length === segments.length && segments.every((segment, i) => segment === path[i]);
  const reads = (route: () => Route): Route => {
    if (method === 'GET' || method === 'HEAD') return route();
    throw refuse(`expected GET at ${url}, got ${method}; ask with GET`, 405);
  };
  if (is('metrics')) return reads(() => ({ kind: 'metrics' }));
  if (is('v2'))
    return reads(() => fixed({ ...LIBRARY, extensions: ['binary_tensor_data', 'model_repository(index)'] }));
  if (is('v2', 'health', 'live')) return reads(() => fixed({ live }, live));
  if (is('v2', 'health', 'ready')) return reads(() => fixed({ ready }, ready));
  if (is('v2', 'repository', 'index')) {
    const state = ready ? 'READY' : 'UNAVAILABLE';
    return fixed([...models.keys()].map((name) => ({ name, version: VERSION, state, reason: '' })));
  }
  const [v2, all, name = '', ...rest] = path;
  if (v2 !== 'v2' || all !== 'models' || path.length < 3)
    throw refuse(`${url}: expected an address of the Open Inference Protocol, got another; begin at /v2`, 404);
  const model = models.get(name);
  if (!model)
    throw refuse(
      `${name}: expected one of the models ${[...models.keys()].join(', ')}, got another; ask for one of these`,
      404,
    );
  if (rest[0] === 'versions' && rest[1] !== VERSION)
    throw refuse(`${name}: expected version ${VERSION}, the only one, got ${rest[1]}; leave the version out`, 404);
  const [what, more] = rest[0] === 'versions' ? rest.slice(2) : rest;
  if (what === undefined) return reads(() => fixed(aboutOf(model)));
  if (what === 'ready' && more === undefined) return reads(() => fixed({ name, ready }, ready));
  if (what !== 'infer' || more !== undefined)
    throw refuse(`${url}: expected infer or ready, or nothing, after the model, got another; correct it`, 404);
  if (method !== 'POST') throw refuse(`expected POST at ${url}, got ${method}; send the inputs with POST`, 405);
  return { kind: 'infer', model };
};

const aboutOf = ({ name, platform, inputs, outputs }: ServedModel) => ({
  name,
  versions: [VERSION],
  platform,
  inputs,
  outputs,
});

/** Returns the parts of an address. @throws Refusal for one that cannot be read. */
const segmentsOf = (url: string): readonly string[] => {
  const [path = ''] = url.split(/[?#]/);
  try {
    return path
      .replace(/^\/|\/$/g, '')
      .split('/')
      .map(decodeURIComponent);
  } catch {
    throw refuse(`expected an address, got ${url}; correct it`);
  }
};
