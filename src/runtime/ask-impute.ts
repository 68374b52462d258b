import type { AskContext } from './ask-context.ts';
import { forms } from './forms.ts';
import type { Core } from './model.ts';
import type { SampleOptions } from './options.ts';
import type { Samples } from './result.ts';

type ExampleValues = Readonly<Record<string, unknown>>;

/** `impute` of a model. */
export const impute = async (
  core: Core,
  _: AskContext,
  given: ExampleValues,
  options: SampleOptions = {},
): Promise<Samples> =>
  (await import('./impute.ts')).impute(core, given, options, async (conditions, conditionsGiven, known) => {
    const { encodeAll, passed, checkFaults } = await forms();
    const { rows, values } = await encodeAll(conditions, conditionsGiven);
    const called = Object.fromEntries(Object.entries(values).map(([name, value]) => [known.get(name) ?? name, value]));
    checkFaults(core.signature, called, (target) => known.get(target) ?? '');
    return passed({ rows, values: called });
  });
