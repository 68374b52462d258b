import { useSignal } from '@preact/signals';
import type { Playground } from '../session/playground.ts';
import { save } from '../view/save.ts';
import { drawsInPython, isInPython, pythonOf } from './python.ts';
import { typescriptOf } from './typescript.ts';

/** The languages that a state is written in. */
const LANGUAGES = ['TypeScript', 'Python'] as const;

/** The program that gives what the page shows now: its condition, seed, count and temperature. */
export const CodePanel = ({ playground: { manifest, values, settings } }: { readonly playground: Playground }) => {
  const language = useSignal<(typeof LANGUAGES)[number]>('TypeScript');
  const copied = useSignal(false);
  const python = language.value === 'Python';
  const code = (python ? pythonOf : typescriptOf)(manifest, values.value, settings.value);
  const undrawn = python && settings.value.draw && !drawsInPython(manifest);
  const missing = python && !isInPython(manifest);
  return (
    <section class="code" aria-label="The code of what is shown">
      <p>
        The same samples in a program: run it in the exported folder
        {python ? (
          <>
            {' '}
            with <code>pip install numpy onnxruntime</code>
          </>
        ) : (
          <>
            {' '}
            with <code>npm install cvae-compile onnxruntime-node</code>
          </>
        )}
        . It follows the condition and the settings as you change them.
      </p>
      <div class="row between">
        <fieldset class="choices" aria-label="Language">
          {LANGUAGES.map((one) => (
            <label key={one} class="choice">
              <input
                type="radio"
                name="language"
                checked={one === language.value}
                onChange={() => {
                  language.value = one;
                  copied.value = false;
                }}
              />
              <span>{one}</span>
            </label>
          ))}
        </fieldset>
        {!missing && (
          <div class="row">
            <button
              type="button"
              class="button"
              onClick={() => void navigator.clipboard.writeText(code).then(() => (copied.value = true))}
            >
              {copied.value ? 'Copied' : 'Copy'}
            </button>
            <button
              type="button"
              class="button"
              onClick={() => save(new Blob([code], { type: 'text/plain' }), python ? 'sample.py' : 'sample.ts')}
            >
              Save
            </button>
          </div>
        )}
      </div>
      {undrawn && (
        <p class="notice">
          This program gives y’s mean for each z. Draws of {kindsOf(manifest.target)} need the runtime: use TypeScript,
          or the command line.
        </p>
      )}
      {missing ? (
        <p class="notice">
          This model writes y in steps, which needs the runtime: use TypeScript, or the command line.
        </p>
      ) : (
        <pre tabIndex={0} aria-label={`The program in ${language.value}`}>
          <code>{code}</code>
        </pre>
      )}
    </section>
  );
};

const kindsOf = ({ distribution, targets }: Playground['manifest']['target']): string =>
  [...new Set(Object.values(targets ?? { y: { distribution } }).map((one) => one.distribution))].join(', ');
