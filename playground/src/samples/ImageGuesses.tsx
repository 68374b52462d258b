import type { Playground } from '../session/playground.ts';
import { heatOf, varianceOf } from '../view/heat.ts';
import { Canvas, Picture } from '../view/Picture.tsx';
import type { Drawn, Guesses } from './drawing.ts';

/** The model's guesses without noise, where samples differ, and how an example really goes on. */
export const ImageGuesses = ({
  playground: { example },
  guesses,
  drawn,
  view,
}: {
  readonly playground: Playground;
  readonly guesses: Guesses;
  readonly drawn: Drawn | undefined;
  readonly view: readonly number[];
}) => {
  const size = view.reduce((product, length) => product * length, 1);
  const spread = drawn && varianceOf(drawn.samples.data.subarray(0, drawn.settings.count * size), size);
  return (
    <div class="guesses">
      {guesses.baseline && (
        <figure>
          <Canvas picture={guesses.baseline.image(0)} label="The baseline's guess" />
          <figcaption>Baseline: its one guess</figcaption>
        </figure>
      )}
      <figure>
        <Canvas picture={guesses.mean.image(0)} label="y at the prior's mean" />
        <figcaption>Mean: y at the prior's mean</figcaption>
      </figure>
      {spread && (
        <figure>
          <Canvas picture={heatOf(spread.values, spread.most, view)} label="Variance of each pixel over the samples" />
          <figcaption>Variance of the samples, to {spread.most.toFixed(3)}</figcaption>
        </figure>
      )}
      {example.value && (
        <figure>
          <Picture values={example.value.target} shape={view} label="The example as it really is" />
          <figcaption>Truth: the example</figcaption>
        </figure>
      )}
    </div>
  );
};
