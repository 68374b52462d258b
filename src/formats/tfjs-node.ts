import { choice, flag, object, some, text, type TypeOf } from './schema.ts';

const works = object({
  ok: some('true', (value): value is true => value === true),
  version: text,
  tensorflow: text,
});
const fails = object({
  ok: some('false', (value): value is false => value === false),
  reason: text,
  remedy: text,
  fixable: flag,
});

/**
 * The state of tfjs-node as reported by `scripts/tfjs-node.mjs --check --json`; one that is `fixable` can be repaired by the
 * same script.
 */
export type TfjsNode = TypeOf<typeof works> | TypeOf<typeof fails>;
export const tfjsNode = choice<TfjsNode>((value) => {
  const { ok }: { readonly ok?: unknown } = Object(value);
  return ok === true ? works : fails;
});
