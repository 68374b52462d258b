import { Picture } from '../view/Picture.tsx';
import { sizesFor } from './form.ts';
import type { Making, PicturesRead } from './making.ts';

/** The numbers of classes, and of pictures of each, that are shown as the model sees them. */
const [CLASSES, EACH] = [12, 6];

/** What pictures were read, in which form, and some of them as the model sees them. */
export const Pictures = ({ making, read }: { readonly making: Making; readonly read: PicturesRead }) => {
  const { chosen, facts, set } = read;
  const length = set.shape.reduce((a, b) => a * b);
  const { height, width, isGrey } = making.form.value ?? facts;
  const busy = making.stage.value !== 'ready';
  const sizes = sizesFor(facts);
  return (
    <>
      <div class="settings">
        <label class="row">
          Size
          <select
            value={`${height} ${width}`}
            disabled={busy}
            onChange={({ currentTarget: { value } }) => {
              const [h, w] = sizes.find(([a, b]) => `${a} ${b}` === value) ?? [height, width];
              void making.reform({ height: h, width: w, isGrey });
            }}
          >
            {sizes.map(([h, w]) => (
              <option key={`${h} ${w}`} value={`${h} ${w}`}>
                {w} × {h} pixels
              </option>
            ))}
          </select>
        </label>
        <label class="check">
          <input
            type="checkbox"
            checked={isGrey}
            disabled={busy}
            onChange={({ currentTarget: { checked } }) => void making.reform({ height, width, isGrey: checked })}
          />
          Grey
        </label>
      </div>
      {chosen.left.length > 0 && (
        <p class="notice">
          Not used: {chosen.left.slice(0, 3).join(', ')}
          {chosen.left.length > 3 && ` and ${(chosen.left.length - 3).toLocaleString('en')} more`}. Pictures are taken
          from a folder for each class.
        </p>
      )}
      <div class="scroll" tabIndex={0} role="region" aria-label="Pictures by class">
        <table class="shown-pictures">
          <tbody>
            {chosen.classes.slice(0, CLASSES).map((name, index) => {
              const of = chosen.all.flatMap((one, i) => (one.index === index ? [i] : []));
              return (
                <tr key={name}>
                  <th scope="row">
                    {name || 'Pictures'} <span class="hint">{of.length.toLocaleString('en')}</span>
                  </th>
                  <td>
                    {of.slice(0, EACH).map((i) => (
                      <Picture key={i} values={floats(set.pixels, i, length)} shape={set.shape} label="" />
                    ))}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {chosen.classes.length > CLASSES && <p class="hint">and {chosen.classes.length - CLASSES} more classes</p>}
    </>
  );
};

const floats = (pixels: Uint8Array, index: number, length: number): Float32Array =>
  Float32Array.from(pixels.subarray(index * length, (index + 1) * length), (byte) => byte / 255);
