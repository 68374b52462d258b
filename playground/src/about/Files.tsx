import type { ExportedFile, Part } from '../../../src/signature.ts';
import { megabytes } from '../meter/words.ts';
import type { Playground } from '../session/playground.ts';

/** The model's ONNX files: the inputs and outputs of each, to be saved. */
export const Files = ({ playground: { manifest, site, engines } }: { readonly playground: Playground }) => (
  <section class="files" aria-labelledby="files">
    <h2 id="files">Files</h2>
    <p class="hint">
      Plain ONNX for any runtime: float32, with a dynamic batch axis N.
      {!engines.onnx && ' This site has what was made of them, WebAssembly, instead.'}
    </p>
    <div class="scroll" tabIndex={0} role="region" aria-label="The model's files">
      <table>
        <thead>
          <tr>
            <th scope="col">File</th>
            <th scope="col">Inputs</th>
            <th scope="col">Outputs</th>
            <th scope="col">Size</th>
          </tr>
        </thead>
        <tbody>
          {(Object.entries(manifest.files) as [Part, ExportedFile][]).map(
            ([part, { file, bytes, inputs, outputs }]) => (
              <tr key={part}>
                <th scope="row">
                  {engines.onnx && !site.held ? (
                    <a href={new URL(file, site.folder).href} download={`${manifest.name}-${file}`}>
                      {file}
                    </a>
                  ) : (
                    file
                  )}
                </th>
                <td data-title="Inputs">
                  <span>{shapes(inputs)}</span>
                </td>
                <td data-title="Outputs">
                  <span>{shapes(outputs)}</span>
                </td>
                <td data-title="Size">
                  <span>{megabytes(bytes)}</span>
                </td>
              </tr>
            ),
          )}
        </tbody>
      </table>
    </div>
  </section>
);

const shapes = (all: Readonly<Record<string, readonly number[]>>) =>
  Object.entries(all).map(([name, shape]) => (
    <code key={name} class="shape">
      {name} [{['N', ...shape].join(', ')}]
    </code>
  ));
