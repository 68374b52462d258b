import { useState } from 'preact/hooks';
import type { Playground } from '../session/playground.ts';
import { blobOf, pictureOf, viewOf } from '../view/pixels.ts';
import { rowsOf } from '../view/results.ts';
import { save } from '../view/save.ts';
import { commandOf } from './command.ts';

/** The command that gives the same pictures, and the pictures as a file. */
export const Command = ({ playground }: { readonly playground: Playground }) => {
  const { manifest, values, settings, given, drawing, wish, kept } = playground;
  const [copied, setCopied] = useState(false);
  const view = viewOf(manifest.target);
  const drawn = drawing.drawn.value?.samples ?? drawing.guesses.value?.mean;
  const rows = drawn ? rowsOf(manifest, drawn) : 1;
  const columns = rows > settings.value.count ? settings.value.count : Math.ceil(Math.sqrt(rows));
  const command = commandOf(manifest, values.value, settings.value, view ? columns : 0);
  const images = Object.entries(manifest.conditions).filter(([, { kind }]) => kind === 'image');
  const savePicture = async (picture: Parameters<typeof blobOf>[0], name: string): Promise<void> => {
    const blob = await blobOf(picture);
    if (blob) save(blob, name);
  };
  return (
    <div class="command">
      <p class="hint">
        The same from the command line, in{' '}
        {wish.value.weights ? 'the folder downloaded from Fine-tune' : 'the exported folder'}
        {kept.value && ', without the overlay'}:
      </p>
      <code>
        {command.split(/ (?=--)/).map((words, i) => (
          <span key={i}>
            {i > 0 && ' '}
            {words}
          </span>
        ))}
      </code>
      <div class="row">
        <button
          type="button"
          class="button"
          onClick={() => void navigator.clipboard.writeText(command).then(() => setCopied(true))}
        >
          {copied ? 'Copied' : 'Copy'}
        </button>
        {images.map(([name, { shape }]) => {
          const pixels = given.value[name];
          return (
            <button
              key={name}
              type="button"
              class="button"
              onClick={() =>
                void (pixels instanceof Float32Array && savePicture(pictureOf(pixels, shape), `${name}.png`))
              }
            >
              Save {name}.png
            </button>
          );
        })}
        {view && drawn && (
          <button type="button" class="button" onClick={() => void savePicture(drawn.grid(columns), 'samples.png')}>
            Save samples.png
          </button>
        )}
      </div>
    </div>
  );
};
