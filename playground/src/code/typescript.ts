import type { Manifest } from '../../../src/signature.ts';
import type { Values } from '../condition/values.ts';
import type { Settings } from '../session/settings.ts';
import { asTypeScript } from './conditions.ts';

/** The program in TypeScript that gives the samples of a state; it runs in the exported folder. */
export const typescriptOf = (manifest: Manifest, values: Values, settings: Settings): string => {
  const { before, entries } = asTypeScript(manifest, values);
  const given = entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
  const { seed, count, temperature, draw } = settings;
  const predicted = manifest.kind === 'predictor';
  const options = [`seed: ${seed}`, `count: ${count}`, `temperature: ${temperature}`, ...(draw ? ['draw: true'] : [])];
  const call = predicted ? `mean(${given})` : `sample(${given}, { ${options.join(', ')} })`;
  const shown = manifest.target.targets
    ? `console.log(samples); // ${Object.keys(manifest.target.targets).join(', ')}, each with its data and shape`
    : 'console.log(samples.shape, samples.data);';
  return `import { open } from 'cvae-compile/runtime';

${before.map((line) => `${line}\n`).join('')}${before.length > 0 ? '\n' : ''}const model = await open('.'); // the exported folder
const samples = await model.${call};
${shown}
await model.close();
`;
};
