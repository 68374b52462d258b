import { truthOf } from '../../../src/signature.ts';
import type { Playground } from '../session/playground.ts';
import { Picture } from '../view/Picture.tsx';
import { greysOf, viewOf } from '../view/view-of.ts';
import { givenOf, valuesOf } from './values.ts';

/** Examples of the data to load: the way in for those who do not draw. */
export const ExampleField = ({ playground }: { readonly playground: Playground }) => {
  const { examples, manifest, example, load } = playground;
  if (examples.examples.length === 0) return null;
  const image = Object.entries(manifest.conditions).find(([, { kind }]) => kind === 'image');
  const view = viewOf(manifest.target);
  return (
    <fieldset class="field">
      <legend>Examples ({examples.source} split)</legend>
      <div class="examples">
        {examples.examples.map((one, i) => {
          const about = Object.entries(one.about ?? {}).map(([name, value]) => `${name} ${value}`);
          const label = [`Example ${i + 1}`, ...about].join(', ');
          const pixels = image && givenOf(manifest, valuesOf(manifest, one))[image[0]];
          return (
            <button
              key={one.index}
              type="button"
              class="example"
              aria-pressed={example.value === one}
              aria-label={label}
              title={label}
              onClick={() => load(one)}
            >
              {image && pixels instanceof Float32Array ? (
                <Picture values={pixels} shape={image[1].shape} label="" />
              ) : view ? (
                <Picture values={greysOf(manifest.target, truthOf(one))} shape={view} label="" />
              ) : (
                i + 1
              )}
            </button>
          );
        })}
      </div>
    </fieldset>
  );
};
