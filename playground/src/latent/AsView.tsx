import { useSignal } from '@preact/signals';
import type { Condition, Manifest } from '../../../src/signature.ts';
import { variableText } from '../../../src/values/element-names.ts';
import { callOf, classesOf, conditionsOf, readable, rounded } from '../condition/values.ts';
import type { Playground } from '../session/playground.ts';
import { Outcome } from '../view/Outcome.tsx';
import { isTabular, OutcomeTable } from '../view/OutcomeTable.tsx';
import { useDecoded } from './decoded.ts';

/** A condition in the values that it is changed to, in words and as the runtime takes them. */
interface Change {
  readonly texts: readonly string[];
  readonly given: unknown;
}

/** y at a z under other conditions: what z keeps, and what the condition decides. */
export const AsView = ({
  playground,
  z,
  called,
}: {
  readonly playground: Playground;
  readonly z: Float32Array;
  /** What z is, in words. */
  readonly called: string;
}) => {
  const { manifest, one } = playground;
  const changeable = changeableOf(manifest);
  const chosen = useSignal(changeable[0] ?? '');
  const given = one.value;
  const condition = manifest.conditions[chosen.value];
  const found = useDecoded(playground, [given, z, chosen.value], () => {
    const change = condition && changeOf(condition);
    return change && { z, given: { ...given, [chosen.value]: change.given }, shown: change.texts };
  });
  if (!condition) return null;
  const title = variableText(chosen.value, condition);
  return (
    <div class="as">
      {changeable.length > 1 && (
        <label class="row">
          Change
          <select value={chosen.value} onChange={({ currentTarget }) => (chosen.value = currentTarget.value)}>
            {changeable.map((name) => (
              <option key={name} value={name}>
                {variableText(name, manifest.conditions[name] ?? condition)}
              </option>
            ))}
          </select>
        </label>
      )}
      {found && isTabular(manifest) && (
        <OutcomeTable
          manifest={manifest}
          outputs={found.outputs}
          names={found.shown}
          named={title}
          label={`y at ${called} for each ${title}`}
        />
      )}
      {found && !isTabular(manifest) && (
        <div class="as-all">
          {found.shown.map((text, row) => (
            <figure key={text}>
              <Outcome
                manifest={manifest}
                outputs={found.outputs}
                row={row}
                label={`y at ${called} for ${title} ${text}`}
              />
              <figcaption>{condition.kind === 'continuous' ? `${title} ${text}` : text}</figcaption>
            </figure>
          ))}
        </div>
      )}
    </div>
  );
};

/** The classes of a condition, the first twelve; or a number from two deviations below the mean to two above. */
const changeOf = (condition: Condition): Change | undefined => {
  const { kind, dataShape, scaling } = condition;
  if (kind === 'categorical' && dataShape.length === 0) {
    const texts = classesOf(condition).slice(0, MOST);
    return { texts, given: texts.map((_, i) => callOf(condition, i)) };
  }
  const [mean, deviation] = [scaling?.mean[0], scaling?.deviation[0]];
  if (kind !== 'continuous' || dataShape.join() !== '1' || mean === undefined || deviation === undefined)
    return undefined;
  const values = [-2, -1, 0, 1, 2].map((times) => rounded(mean + times * deviation));
  return { texts: values.map(readable), given: values.map((value) => Float32Array.of(value)) };
};

/** The conditions that can be changed while z stays. */
export const changeableOf = (manifest: Manifest): readonly string[] =>
  conditionsOf(manifest)
    .filter(([, condition]) => changeOf(condition) !== undefined)
    .map(([name]) => name);

const MOST = 12;
