import type { Outputs } from 'cvae-compile/runtime';
import { isClasses, type Manifest, type TargetSignature } from '../../../src/signature.ts';
import { variableText } from '../../../src/values/element-names.ts';
import { classesOf, readable } from '../condition/values.ts';
import { Canvas } from './Picture.tsx';
import { isolated } from './isolated.ts';
import { viewOf } from './view-of.ts';
import { Plot } from './Plot.tsx';
import { isLong } from './plots.ts';
import { isSeveral, resultsOf, targetsOf } from './results.ts';
import { linesOfRow, Sequence } from './Sequence.tsx';
import { sequencesOf } from './sequences.ts';

/** One row of what a model gives: a picture where it is one, else its numbers; of several targets each by its name. */
export const Outcome = ({
  manifest,
  outputs,
  row = 0,
  label,
}: {
  readonly manifest: Manifest;
  readonly outputs: Outputs;
  readonly row?: number;
  readonly label: string;
}) => {
  if (!isSeveral(manifest)) return <One target={manifest.target} outputs={outputs} row={row} label={label} />;
  const sequences = sequencesOf(manifest);
  if (sequences) return <Sequence lines={linesOfRow(manifest, sequences, outputs, row)} label={label} />;
  const results = resultsOf(manifest, outputs);
  return (
    <dl class="outcome" aria-label={label}>
      {targetsOf(manifest).map(([name, target]) => {
        const own = results[name];
        return (
          own && (
            <>
              <dt key={`${name} name`}>{variableText(name, target)}</dt>
              <dd key={name}>
                <One target={target} outputs={own} row={row} label={`${name}, ${label}`} isTitled />
              </dd>
            </>
          )
        );
      })}
    </dl>
  );
};

/** Up to `FEW` classes are all listed; of more, those that are likely, up to `MOST`. */
const FEW = 6;
const MOST = 10;

/** Whether a chance is shown: of many classes those that are likely are. */
const areLikely = (chances: Float32Array): ((chance: number) => boolean) => {
  if (chances.length <= FEW) return () => true;
  const least = Float32Array.from(chances).sort()[chances.length - MOST] ?? 0;
  return (chance) => chance >= Math.max(0.005, least);
};

const One = ({
  target,
  outputs,
  row,
  label,
  isTitled = false,
}: {
  readonly target: TargetSignature;
  readonly outputs: Outputs;
  readonly row: number;
  readonly label: string;
  /** Whether what a single value is called, and its unit, are next to it. */
  readonly isTitled?: boolean;
}) => {
  if (viewOf(target)) return <Canvas picture={outputs.image(row)} label={label} />;
  const size = outputs.data.length / (outputs.shape[0] ?? 1);
  if (isLong(target)) {
    const values = outputs.data.subarray(row * size, (row + 1) * size);
    return <Plot target={target} name={label} values={values} label={label} />;
  }
  // The chances of a single class.
  const chances = isClasses(target) && target.dataShape.length === 0 && target.shape[0] === size;
  const values = outputs.data.subarray(row * size, (row + 1) * size);
  const isShown = chances ? areLikely(values) : () => true;
  const more = chances && values.some((value) => value >= 0.005 && !isShown(value));
  const isBare = isTitled && target.dataShape.length < 2 && size === 1;
  const names = chances ? classesOf(target) : isBare ? [] : (target.names ?? []);
  return (
    <p class="numbers" aria-label={label}>
      {Array.from(values, (value, i) =>
        isShown(value)
          ? [
              ...(names.length === size ? [`${isolated(names[i] ?? '')}${chances ? ':' : ''}`] : []),
              chances ? value.toFixed(2) : readable(value),
              ...(target.units?.[i] && !isBare ? [isolated(target.units[i])] : []),
            ].join(' ')
          : '',
      )
        .filter(Boolean)
        .join(', ')}
      {more && ', …'}
    </p>
  );
};
