import type { Outputs, Picture } from 'cvae-compile/runtime';
import type { ComponentChildren } from 'preact';
import { size } from '../../../src/shape/size.ts';
import { isClasses, truthOf } from '../../../src/signature.ts';
import type { Playground } from '../session/playground.ts';
import { ColourBar } from '../view/ColourBar.tsx';
import { heatOf, varianceOf } from '../view/heat.ts';
import { withSeen } from '../view/kept.ts';
import { Canvas, Picture as Pixels } from '../view/Picture.tsx';
import { greysOf } from '../view/pixels.ts';
import type { Drawn, Guesses } from './drawing.ts';
import { rowNames } from './rows.ts';

/** The model's guesses without noise, where samples differ, and the true continuation of an example. */
export const ImageGuesses = ({
  playground: { example, manifest, kept },
  guesses,
  drawn,
  view,
}: {
  readonly playground: Playground;
  readonly guesses: Guesses;
  readonly drawn: Drawn | undefined;
  readonly view: readonly number[];
}) => {
  const length = size(view);
  const spread =
    drawn && isFlat(drawn, length) && varianceOf(drawn.samples.data.subarray(0, drawn.settings.count * length), length);
  const shown = (outputs: Outputs): Picture => withSeen(outputs.image(0), guesses.values, kept.value);
  // Where each class is asked for in turn, of the first.
  const [first = ''] = rowNames(manifest, guesses);
  const predicted = manifest.kind === 'predictor';
  return (
    <div class={predicted ? 'guesses large' : 'guesses'}>
      {guesses.baseline && (
        <Guess title="Baseline" says="deterministic guess, no latent">
          <Canvas picture={shown(guesses.baseline)} label="The baseline's guess" />
        </Guess>
      )}
      <Guess
        title={predicted ? 'Prediction' : isClasses(manifest.target) ? 'Most likely' : 'Mean'}
        says={`${predicted ? 'y for this condition' : 'at the prior mean'}${first && `, ${first}`}`}
      >
        <Canvas picture={shown(guesses.mean)} label={predicted ? 'The prediction' : 'y at the prior mean'} />
      </Guess>
      {spread && (
        <Guess title="Variance" says="across samples">
          <Canvas
            picture={heatOf(spread.values, spread.most, view)}
            label={`Variance of each pixel across the samples, from 0, dark, to ${spread.most.toFixed(3)}, light`}
          />
          <ColourBar from="0" to={spread.most.toFixed(3)} label="Colours of the variance" />
        </Guess>
      )}
      {example.value && (
        <Guess title="Ground truth" says={aboutOf(example.value.about) ?? 'from the data'}>
          <Pixels
            values={greysOf(manifest.target, truthOf(example.value))}
            shape={view}
            label="Ground truth of the example"
          />
        </Guess>
      )}
    </div>
  );
};

const Guess = ({ title, says, children }: { title: string; says: string; children: ComponentChildren }) => (
  <figure>
    {children}
    <figcaption>
      <b>{title}</b> <span class="hint">{says}</span>
    </figcaption>
  </figure>
);

/** Whether samples have a number for each element of the picture: classes have several. */
const isFlat = ({ samples, settings }: Drawn, size: number): boolean =>
  settings.count > 1 && samples.data.length === (samples.shape[0] ?? 0) * size;

const aboutOf = (about: Readonly<Record<string, number | string>> | undefined): string | undefined =>
  about &&
  Object.entries(about)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
