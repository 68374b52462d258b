import { type Picture as Pixels } from 'cvae-compile/runtime';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { paint, pictureOf } from './pixels.ts';

interface Common {
  /** What is shown, for those who do not see it; empty where the text around says it. */
  readonly label: string;
  /** How many CSS pixels a pixel is wide; the layout decides where it is left out. */
  readonly scale?: number;
}

/** Pixels on a canvas, crisp at any size. */
export const Canvas = ({ picture, label, scale }: Common & { readonly picture: Pixels }) => {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    if (canvas.current) paint(canvas.current, picture);
  }, [picture]);
  return (
    <canvas
      ref={canvas}
      class="pixels"
      {...(label === '' ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label })}
      style={scale === undefined ? undefined : { width: `${picture.width * scale}px` }}
    />
  );
};

/** Numbers from 0 to 1, of [height, width, channels], as an image. */
export const Picture = ({
  values,
  shape,
  ...common
}: Common & { readonly values: ArrayLike<number>; readonly shape: readonly number[] }) => (
  <Canvas picture={pictureOf(values, shape)} {...common} />
);
