import type { Outputs } from 'cvae-compile/runtime';
import type { ComponentChildren } from 'preact';
import { isClasses, type Manifest, type TargetSignature } from '../../../src/signature.ts';
import { classesOf, readable } from '../condition/values.ts';
import type { Playground } from '../session/playground.ts';
import { cellTexts, columnTexts, isTabular } from '../view/OutcomeTable.tsx';
import type { Own } from './own.ts';
import { ColourBar } from '../view/ColourBar.tsx';
import { heatOf } from '../view/heat.ts';
import { likeliestOf } from '../view/likeliest.ts';
import { Canvas, Picture } from '../view/Picture.tsx';
import { ClassGreys } from '../view/ClassGreys.tsx';
import { greysOf, viewOf } from '../view/pixels.ts';
import { Plot } from '../view/Plot.tsx';
import { isLong } from '../view/plots.ts';
import { resultsOf, targetsOf } from '../view/results.ts';
import { linesOfRow, Sequence } from '../view/Sequence.tsx';
import { linesOf, sequencesOf } from '../view/sequences.ts';

/** Your example drawn again from its own z, next to it. */
export const Reconstruction = ({ playground: { manifest, question } }: { readonly playground: Playground }) => {
  const found = question.reconstruction.value;
  if (!found) return <p role="status">Encoding…</p>;
  const results = resultsOf(manifest, found.samples);
  const sequences = sequencesOf(manifest);
  return (
    <section aria-labelledby="again-title">
      <h2 id="again-title">Reconstruction</h2>
      {sequences && (
        <div class="pair">
          <figure>
            <Sequence lines={linesOf(sequences, (name) => found.own[name])} label="As it was given" />
            <figcaption>Given</figcaption>
          </figure>
          <figure>
            <Sequence lines={linesOfRow(manifest, sequences, found.samples, 0)} label="Reconstructed" />
            <figcaption>Reconstructed</figcaption>
          </figure>
        </div>
      )}
      {(sequences ? [] : targetsOf(manifest)).map(([name, target]) => {
        const [given, again] = [found.own[name] ?? [], results[name]];
        const view = viewOf(target);
        if (!again) return null;
        if (view && given.length === again.data.length) {
          const far = Float32Array.from(given, (value, i) => Math.abs(value - (again.data[i] ?? 0)));
          const most = far.reduce((largest, one) => Math.max(largest, Number.isNaN(one) ? 0 : one), 0);
          return (
            <Triple key={name} name={name} given={given} again={again} view={view}>
              <Canvas picture={heatOf(far, most, view)} label={`Difference of each pixel, up to ${readable(most)}`} />
              <figcaption>
                Difference
                <ColourBar from="0" to={most.toFixed(2)} label="Colours of the difference" />
              </figcaption>
            </Triple>
          );
        }
        if (view) return <Maps key={name} name={name} target={target} given={given} again={again} view={view} />;
        if (isLong(target))
          return (
            <div key={name} class="pair">
              <figure>
                <Plot target={target} name={name} values={given} label={`${name} as it was given`} />
                <figcaption>Given</figcaption>
              </figure>
              <figure>
                <Plot target={target} name={name} values={again.data} label={`${name}, reconstructed`} />
                <figcaption>Reconstructed</figcaption>
              </figure>
            </div>
          );
        return null;
      })}
      {!sequences && isTabular(manifest) && <Rows manifest={manifest} own={found.own} outputs={found.samples} />}
    </section>
  );
};

/** A picture as it was given and as it is drawn again, and how the two differ. */
const Triple = ({
  name,
  given,
  again,
  view,
  children,
}: {
  readonly name: string;
  readonly given: readonly number[];
  readonly again: Outputs;
  readonly view: readonly number[];
  readonly children: ComponentChildren;
}) => (
  <div class="triple">
    <figure>
      <Picture values={given} shape={view} label={`${name} as it was given`} />
      <figcaption>Given</figcaption>
    </figure>
    <figure>
      <Canvas picture={again.image(0)} label={`${name}, reconstructed`} />
      <figcaption>Reconstructed</figcaption>
    </figure>
    <figure>{children}</figure>
  </div>
);

/** A map of classes as it was given, and the likeliest classes as it is drawn again. */
const Maps = ({
  name,
  target,
  given,
  again,
  view,
}: {
  readonly name: string;
  readonly target: TargetSignature;
  readonly given: readonly number[];
  readonly again: Outputs;
  readonly view: readonly number[];
}) => {
  const likeliest = likeliestOf(again.data, given.length);
  const differs = Float32Array.from(given, (one, i) => Number(one !== likeliest[i]));
  const count = differs.reduce((sum, one) => sum + one, 0);
  const where = `${count} of ${given.length} differ`;
  return (
    <>
      <Triple name={name} given={greysOf(target, given)} again={again} view={view}>
        <Picture values={differs} shape={view} label={`Where the two differ: ${where}`} />
        <figcaption>{where}</figcaption>
      </Triple>
      <ClassGreys target={target} />
    </>
  );
};

/** A row as it was given, and as it is drawn again: means of numbers, the likeliest class. */
const Rows = ({
  manifest,
  own,
  outputs,
}: {
  readonly manifest: Manifest;
  readonly own: Own;
  readonly outputs: Outputs;
}) => {
  const again = cellTexts(manifest, outputs, 0);
  const given = targetsOf(manifest).flatMap(([name, target]) =>
    (own[name] ?? []).map((value) =>
      Number.isNaN(value) ? 'missing' : isClasses(target) ? (classesOf(target)[value] ?? value) : readable(value),
    ),
  );
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="The row as it was given and reconstructed">
      <table class="again">
        <thead>
          <tr>
            <td />
            <th scope="col">Given</th>
            <th scope="col">Reconstructed</th>
          </tr>
        </thead>
        <tbody>
          {columnTexts(manifest).map((text, i) => (
            <tr key={text}>
              <th scope="row">{text}</th>
              <td>{given[i]}</td>
              <td>{again[i]}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
};
