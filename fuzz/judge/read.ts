import { transformSync } from 'esbuild';
import * as door from './door.ts';
import type { Definition } from './model.ts';
import * as objectives from './objectives.ts';
import * as optimisers from './optimisers.ts';
import type { Objective } from './objectives.ts';
import type { Optimiser } from './optimisers.ts';

/** What the text of a definition holds. */
export interface Read {
  readonly model: Definition;
  readonly objective?: Objective;
  readonly optimiser?: Optimiser;
}

const MODULES: Readonly<Record<string, object>> = {
  'cvae-compile': door,
  'cvae-compile/train': {
    ...objectives,
    ...optimisers,
    // β at the moment that the caller says.
    linear: () => () => NaN,
    cosine: () => () => NaN,
    stepwise: () => () => NaN,
    cyclical: () => () => NaN,
  },
};

/** Reads the text of a definition with the judge's layers in place of the package's. */
export const read = (text: string): Read => {
  const { default: model, training = {} } = evaluated<Definition, Omit<Read, 'model'>>(text, MODULES);
  return { model, ...training };
};

/** What a definition exports, read with these modules by their names. */
export const evaluated = <Model, Training>(
  text: string,
  modules: Readonly<Record<string, object>>,
): { readonly default: Model; readonly training?: Training } => {
  const { code } = transformSync(text, { loader: 'ts', format: 'cjs', target: 'node20', logLevel: 'silent' });
  const module: { exports: { default?: Model; training?: Training } } = { exports: {} };
  const required = (name: string): object => {
    const found = modules[name];
    if (!found) throw new Error(`no module ${name}`);
    return found;
  };
  // The text of a definition is a program: here it is run.
  // oxlint-disable-next-line typescript/no-implied-eval
  new Function('module', 'exports', 'require', code)(module, module.exports, required);
  const { default: model, training } = module.exports;
  if (!model) throw new Error('no model');
  return { default: model, ...(training && { training }) };
};
