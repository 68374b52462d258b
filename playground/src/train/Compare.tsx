import { useSignal } from '@preact/signals';
import { latestWins, type Model, type Picture } from 'cvae-compile/runtime';
import { useEffect, useState } from 'preact/hooks';
import { Canvas } from '../view/Picture.tsx';

/** What a strip of samples is of. */
interface StripProps {
  readonly title: string;
  readonly model: Model | undefined;
  readonly conditions: Readonly<Record<string, unknown>>;
  readonly seed: number;
  /** The conditions in words. */
  readonly words: string;
}

/** Samples of a model for the conditions as they are now, in a row; the same seed, so that two rows can be compared. */
export const Strip = ({ title, model, conditions, seed, words }: StripProps) => {
  const picture = useSignal<Picture | undefined>(undefined);
  const [draw] = useState(() =>
    latestWins(async (from: Model, of: Readonly<Record<string, unknown>>, by: number): Promise<Picture> => {
      const drawn =
        from.signature.kind === 'cvae' ? await from.sample(of, { count: COUNT, seed: by }) : await from.mean(of);
      return drawn.grid(drawn.shape[0]);
    }),
  );
  useEffect(() => {
    if (!model) {
      picture.value = undefined;
      return;
    }
    // An error of a model that has been closed for a newer one does not matter: the newer one draws.
    draw(model, conditions, seed).then(
      (drawn) => drawn && (picture.value = drawn),
      () => undefined,
    );
  }, [model, conditions, seed]);
  return (
    <figure class="version">
      <figcaption>{title}</figcaption>
      {picture.value ? (
        <Canvas picture={picture.value} label={`${title}: samples${words && ` of ${words}`}, seed ${seed}`} />
      ) : (
        <div class="empty" />
      )}
    </figure>
  );
};

const COUNT = 10;
