import { basename, resolve } from 'node:path';
import { projectFiles, writeProject } from '../starter.ts';
import { MODEL, SAMPLE } from './digits.ts';

/** Writes a new project into a folder: a model of digits, and a page with Vite that draws them. @throws InvalidFile as `writeProject` does. */
export const writePage = async (folder: string): Promise<readonly string[]> => {
  const name = basename(resolve(folder));
  return writeProject(
    folder,
    await projectFiles(folder, {
      definition: MODEL,
      sample: SAMPLE,
      readme: readme(name),
      exported: 'public/model',
      // Vite copies what is in public/ as it is.
      scripts: { start: 'npm run train && npm run export && npm run dev', dev: 'vite --open', build: 'vite build' },
      files: { 'index.html': html(name), 'page.ts': PAGE },
      tools: ['vite'],
    }),
  );
};

const html = (name: string): string => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width" />
    <title>${name.replaceAll(/[&<>]/g, '-')}</title>
    <link rel="icon" href="data:," />
    <style>
      :root {
        color-scheme: light dark;
      }
      body {
        font: 16px system-ui;
        max-width: 40rem;
        margin: 2rem auto;
        padding: 0 1rem;
      }
      canvas {
        display: block;
        width: 100%;
        margin-top: 1rem;
        image-rendering: pixelated;
      }
    </style>
    <script type="module" src="/page.ts"></script>
  </head>
  <body>
    <label>Digit <select id="digit"></select></label>
    <button id="again">Draw again</button>
    <output id="state">Loading…</output>
    <canvas id="samples" role="img" aria-label="Samples"></canvas>
  </body>
</html>
`;

const PAGE = `import { latestWins, open, toRgba } from 'cvae-compile/runtime';
import type digits from './model.ts';

/** Returns the page's element of this kind and name. */
const element = <E extends HTMLElement>(id: string, kind: new () => E): E => {
  const found = document.getElementById(id);
  if (found instanceof kind) return found;
  throw new Error(\`index.html has no \${id}\`);
};

const select = element('digit', HTMLSelectElement);
const canvas = element('samples', HTMLCanvasElement);
const state = element('state', HTMLOutputElement);
for (let digit = 0; digit < 10; digit++) select.add(new Option(\`\${digit}\`));

let seed = 1;
try {
  // What npm run export has written into public/model. Types are those of model.ts, which is not loaded.
  const model = await open<typeof digits>('model/');
  // While samples are drawn, all wishes but the last are forgotten.
  const draw = latestWins(async () => {
    const began = performance.now();
    const samples = await model.sample({ digit: Number(select.value) }, { count: 16, seed, temperature: 0.6 });
    const { width, height, data } = toRgba(samples.grid());
    canvas.width = width;
    canvas.height = height;
    canvas.getContext('2d')?.putImageData(new ImageData(data, width, height), 0, 0);
    state.value = \`16 samples in \${Math.round(performance.now() - began)} ms\`;
  });
  select.addEventListener('change', () => void draw());
  element('again', HTMLButtonElement).addEventListener('click', () => {
    seed++;
    void draw();
  });
  await draw();
} catch (error) {
  state.value = error instanceof Error ? error.message : String(error);
}
`;

const readme = (name: string): string => `# ${name}

A conditional VAE, defined in [model.ts](model.ts), and a page that draws with it: [index.html](index.html), [page.ts](page.ts).

    npm install
    npm start         # trains, exports, opens the page

| | |
|---|---|
| \`npm run train\` | trains; look at \`out/run/report.html\` |
| \`npm run evaluate\` | the log-likelihood of the test digits |
| \`npm run export\` | writes ONNX files into \`public/model\`, and verifies them |
| \`npm run dev\` | opens the page, which follows changes of its files |
| \`npm run build\` | builds it into \`dist\`, for any web server |
| \`npm run serve\` | opens the model in the playground |
| \`npm run check\` | type-checks model.ts and page.ts |
`;
