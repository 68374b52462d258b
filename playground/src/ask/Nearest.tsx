import { isClasses } from '../../../src/signature.ts';
import { variableText } from '../../../src/values/element-names.ts';
import { NEAREST } from './question.ts';
import { classesOf, givenOf, readable, valuesOf } from '../condition/values.ts';
import type { Playground } from '../session/playground.ts';
import { wordsOf } from '../train/training-examples.ts';
import { Picture } from '../view/Picture.tsx';
import { greysOf, viewOf } from '../view/pixels.ts';
import { Plot } from '../view/Plot.tsx';
import { isLong } from '../view/plots.ts';
import { targetsOf } from '../view/results.ts';
import { Sequence } from '../view/Sequence.tsx';
import { linesOf, sequencesOf } from '../view/sequences.ts';
import { Term } from '../view/Term.tsx';
import { knownTruthOf } from '../view/truth.ts';

/** A smaller distance is that of an example to itself: rows of a batch may differ in their last digits. */
const ITSELF = 1e-3;

/** Which of the examples in the model's folder are like this one, by z. */
export const Nearest = ({
  playground: { manifest, examples, example: loaded, question, load },
}: {
  readonly playground: Playground;
}) => {
  const near = question.near.value?.neighbours;
  if (examples.examples.length < 2) return null;
  const named = targetsOf(manifest);
  const sequences = sequencesOf(manifest);
  // What a class or a number belongs to, where that is a picture.
  const isShown = named.some(([, target]) => viewOf(target));
  const [image] = isShown ? [] : Object.entries(manifest.conditions).filter(([, { kind }]) => kind === 'image');
  const places = Array.from(near?.indices ?? [], (index, place) => ({ index, far: near?.distances[place] ?? 0 }));
  // The example that was loaded is no neighbour of its own, as long as it is as it was.
  const isItself = (index: number, far: number): boolean =>
    examples.examples[index] === loaded.value && loaded.value !== undefined && far < ITSELF;
  const shown = places.filter(({ index, far }) => !isItself(index, far)).slice(0, NEAREST);
  return (
    <section aria-labelledby="near-title">
      <h2 id="near-title">Nearest examples</h2>
      <p class="hint">
        Of the {examples.examples.length} of {examples.source}, by the{' '}
        <Term says="The Euclidean distance between the means of q(z|x,y).">distance in z</Term>; choose one to ask about
        it.
      </p>
      <div class="nearest">
        {shown.map(({ index, far }) => {
          const example = examples.examples[index];
          if (!example) return null;
          const pixels = image && givenOf(manifest, valuesOf(manifest, example))[image[0]];
          const about = Object.entries(example.about ?? {}).map(([name, value]) => `${name} ${value}`);
          const words = [wordsOf(manifest, example.conditions), ...about].filter(Boolean).join(', ');
          return (
            <button key={index} type="button" class="near" onClick={() => load(example)}>
              <span class="spoken">Example {index + 1}</span>
              {image && pixels instanceof Float32Array && <Picture values={pixels} shape={image[1].shape} label="" />}
              {sequences && (
                <Sequence lines={linesOf(sequences, (name) => knownTruthOf(manifest, example, name))} label="" />
              )}
              {(sequences ? [] : named).map(([name, target]) => {
                const view = viewOf(target);
                const truth = knownTruthOf(manifest, example, name);
                if (view) return <Picture key={name} values={greysOf(target, truth)} shape={view} label="" />;
                if (isLong(target)) return <Plot key={name} target={target} name={name} values={truth} label="" />;
                const texts = truth.map((value) =>
                  Number.isNaN(value) ? '–' : isClasses(target) ? (classesOf(target)[value] ?? value) : readable(value),
                );
                return (
                  <span key={name} class={named.length > 1 ? 'near-value' : ''}>
                    {named.length > 1 && <span class="hint">{variableText(name, target)}</span>}{' '}
                    <span>{texts.slice(0, 6).join(', ')}</span>
                  </span>
                );
              })}
              <span class="hint">
                {words && `${words}, `}distance {far.toFixed(2)}
              </span>
            </button>
          );
        })}
      </div>
    </section>
  );
};
