import { useLayoutEffect, useRef } from 'preact/hooks';

/** A veil, hatched, over the pixels that do not count. */
export const Veil = ({
  counts,
  height,
  width,
}: {
  readonly counts: (row: number, column: number) => boolean;
  readonly height: number;
  readonly width: number;
}) => {
  const veil = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const context = veil.current?.getContext('2d');
    if (!veil.current || !context) return;
    const [w, h] = [width * SIZE, height * SIZE];
    [veil.current.width, veil.current.height] = [w, h];
    context.beginPath();
    for (let row = 0; row < height; row++)
      for (let column = 0; column < width; column++)
        if (!counts(row, column)) context.rect(column * SIZE, row * SIZE, SIZE, SIZE);
    context.clip();
    context.fillStyle = 'rgba(30, 30, 40, 0.72)';
    context.fillRect(0, 0, w, h);
    context.strokeStyle = 'rgba(255, 255, 255, 0.16)';
    context.lineWidth = 2;
    context.beginPath();
    for (let at = -h; at < w; at += 3 * SIZE) {
      context.moveTo(at, h);
      context.lineTo(at + h, 0);
    }
    context.stroke();
  }, [counts, height, width]);
  return <canvas ref={veil} class="veil" aria-hidden="true" />;
};

/** Pixels of the veil to one of the image: its hatching is finer than that. */
const SIZE = 10;
