import { callsOf } from './calls.ts';
import { copied } from './create.ts';
import type { Core, Inside, Model } from './model.ts';
import { expect } from './options.ts';
import { runRows } from './rows.ts';
import type { FileRunner } from './sessions.ts';
import type { AskContext } from './ask-context.ts';

/** What `ask.ts` answers. */
const ASKED = ['interpolate', 'encode', 'reconstruct', 'logLikelihood', 'neighbours', 'impute'] as const;
type Asked = (typeof ASKED)[number];
type Ask = (core: Core, context: AskContext, ...given: never[]) => Promise<unknown>;

/** Returns a model with everything that can be asked of it, and a way to close it, after which calls are refused. */
export const asking = (core: Inside, engine: FileRunner): Model => {
  const { counted, ...closing } = callsOf(core.signature.name, engine);
  const context: AskContext = { engine, runRows, expect };
  /** Asks with a module that is loaded for that; arguments are copied meanwhile, as their owner may change them. */
  const ask = (name: Asked) =>
    counted(async (...given: readonly unknown[]) => {
      const kept = given.map(copied);
      const asks: Readonly<Record<Asked, Ask>> = await import('./ask.ts');
      // Each of them checks what it is given, whatever that is.
      return asks[name](core, context, ...(kept as never[]));
    });
  const model: Model = {
    ...core,
    sample: counted(core.sample),
    mean: counted((given) => core.mean(given)),
    // As latents, also if they are none: a mean without would be the prior's.
    decode: counted((z, given) => core.mean(given, { data: copied(Object(z).data ?? z) })),
    prior: counted(core.prior),
    baseline: counted(core.baseline),
    selfTest: counted(core.selfTest),
    // Each as its method in `ask.ts`, behind what it is given first.
    ...(Object.fromEntries(ASKED.map((name) => [name, ask(name)])) as Pick<Model, Asked>),
    async *stream(given, options) {
      yield* (await import('./stream.ts')).stream(model, context, given, options);
    },
    ...closing,
  };
  return model;
};
