import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import { isClasses, type Manifest } from '../../../src/signature.ts';
import { chanceNames, elementTexts, variableText } from '../../../src/values/element-names.ts';
import { classesOf, readable } from '../condition/values.ts';
import type { Playground } from '../session/playground.ts';
import { ClassGreys } from '../view/ClassGreys.tsx';
import { Canvas } from '../view/Picture.tsx';
import { viewOf } from '../view/pixels.ts';
import { ColourBar } from '../view/ColourBar.tsx';
import { isSeveral, sideBySide, targetsOf } from '../view/results.ts';
import { cellsOf } from './cells.ts';
import { MarkLegend, Marks, marksOf } from './Marks.tsx';
import type { Latent } from './latent.ts';
import { isLine, onMap, placeOf, squareOf, type Square } from './map.ts';
import type { PriorOf } from './prior.ts';
import { decimals } from '../meter/words.ts';

/** The map of two dimensions: y over it, in pictures or colours, where examples are, and the point. */
export const MapView = ({ playground }: { readonly playground: Playground }) => {
  const { manifest, latent } = playground;
  const map = latent.map.value;
  const prior = latent.prior.value;
  const z = latent.z.value;
  const element = useSignal(0);
  if (!map || !prior || !z) return <p role="status">Decoding the map…</p>;

  const view = viewOf(manifest.target);
  const names = elementsIn(manifest);
  const cells = [map.rows, map.cells] as const;
  const heat = view ? undefined : cellsOf(sideBySide(manifest, map.outputs, 'as it is').data, cells, element.value);
  const marks = marksOf(playground);
  const square = squareOf(prior, latent.axes.value);
  const [i, j] = square.axes;
  const [left, right] = [square.centre[0] - square.half, square.centre[0] + square.half];
  const [low, high] = [square.centre[1] - square.half, square.centre[1] + square.half];
  return (
    <figure class="map">
      {!view && names.length > 1 && (
        <label class="row">
          Colour by
          <select value={element.value} onChange={({ currentTarget }) => (element.value = Number(currentTarget.value))}>
            {names.map((name, i) => (
              <option key={i} value={i}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
      <MapBox latent={latent} square={square} prior={prior} z={z}>
        <Canvas
          picture={heat?.picture ?? map.outputs.grid(map.cells)}
          label={
            heat
              ? `${names[element.value] ?? 'y'} over the map, from dark to light`
              : `${map.rows > 1 ? `${map.rows} by ` : ''}${map.cells} pictures decoded over the map`
          }
        />
        <Marks marks={marks} square={square} height={(100 * map.rows) / map.cells} />
      </MapBox>
      {view && <ClassGreys target={manifest.target} />}
      {heat && <ColourBar from={readable(heat.least)} to={readable(heat.most)} label={names[element.value] ?? 'y'} />}
      {marks.length > 0 && <MarkLegend marks={marks} />}
      <figcaption class="hint">
        z{i + 1} from {decimals(left, 1)} to {decimals(right, 1)}
        {!isLine(square.axes) && `, z${j + 1} from ${decimals(low, 1)} to ${decimals(high, 1)}`}.{' '}
        {isLine(square.axes) ? 'Lines' : 'Ellipses'}: 1 and 2 standard deviations of the prior for this condition. Drag
        the point or use the arrow keys.
      </figcaption>
    </figure>
  );
};

/** What lies over the map: the prior's ellipse and the point, which is dragged, or moved by the arrow keys. */
const MapBox = ({
  latent,
  square,
  prior,
  z,
  children,
}: {
  readonly latent: Latent;
  readonly square: Square;
  readonly prior: PriorOf;
  readonly z: Float32Array;
  readonly children: ComponentChildren;
}) => {
  const box = useRef<HTMLDivElement>(null);
  const dragged = useRef(false);
  const [i, j] = square.axes;
  const values = (first: number, second: number): ReadonlyMap<number, number> =>
    new Map([
      [i, first],
      [j, second],
    ]);
  const drag = (event: PointerEvent): void => {
    const bounds = box.current?.getBoundingClientRect();
    if (!bounds || !dragged.current) return;
    const part = (at: number, length: number): number => Math.max(0, Math.min(1, at / length));
    const x = part(event.clientX - bounds.left, bounds.width);
    const y = part(event.clientY - bounds.top, bounds.height);
    latent.move(values(...placeOf(square, x, y)));
  };
  const key = (event: KeyboardEvent): void => {
    const step = ((event.shiftKey ? 5 : 1) * square.half) / 30;
    const [dx, dy] = STEPS[event.key] ?? [0, 0];
    if (dx === 0 && dy === 0) return;
    event.preventDefault();
    if (isLine(square.axes)) latent.move(new Map([[i, (z[i] ?? 0) + (dx + dy) * step]]));
    else latent.move(values((z[i] ?? 0) + dx * step, (z[j] ?? 0) + dy * step));
  };
  const [x, y] = onMap(square, z[i] ?? 0, z[j] ?? 0);
  const position = [...new Set(square.axes)].map((axis) => `z${axis + 1} ${decimals(z[axis] ?? 0, 2)}`).join(', ');
  return (
    <div
      ref={box}
      class="map-box"
      onPointerDown={(event) => {
        dragged.current = true;
        box.current?.setPointerCapture(event.pointerId);
        drag(event);
      }}
      onPointerMove={drag}
      onPointerUp={() => (dragged.current = false)}
      onPointerCancel={() => (dragged.current = false)}
    >
      {children}
      <Deviations square={square} of={prior.deviation} />
      <button
        type="button"
        class="point"
        style={{ left: `${100 * x}%`, top: `${100 * y}%` }}
        aria-label={`Point at ${position}: arrow keys move it`}
        onKeyDown={key}
      />
    </div>
  );
};

/** One and two standard deviations about the middle: ellipses, or on a line the places where they end. */
const Deviations = ({ square: { axes, half }, of }: { readonly square: Square; readonly of: Float32Array }) => {
  const [rx, ry] = [(of[axes[0]] ?? 1) / half / 2, (of[axes[1]] ?? 1) / half / 2];
  return (
    <svg viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
      {[1, 2].map((times) =>
        isLine(axes) ? (
          <path key={times} d={`M${0.5 - times * rx} 0V1M${0.5 + times * rx} 0V1`} />
        ) : (
          <ellipse key={times} cx="0.5" cy="0.5" rx={times * rx} ry={times * ry} />
        ),
      )}
    </svg>
  );
};

/** What the numbers of y are called, side by side. */
const elementsIn = (manifest: Manifest): readonly string[] =>
  targetsOf(manifest).flatMap(([name, target]) => {
    const title = variableText(name, target);
    const prefix = isSeveral(manifest) ? `${title}: ` : '';
    const classes = isClasses(target) && target.dataShape.length === 0 ? classesOf(target) : undefined;
    const names = classes ?? (isClasses(target) ? chanceNames(name, target) : elementTexts(name, target));
    return names.map((one) => (one.startsWith(title) ? one : `${prefix}${one}`));
  });

const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};
