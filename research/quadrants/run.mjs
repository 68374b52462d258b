// The experiment, from the repository's root after `npm run build`: node research/quadrants/run.mjs --quadrants 1 --model cvae
import { createJiti } from 'jiti';

const { main } = await createJiti(import.meta.url).import('./main.ts');
process.exitCode = await main(process.argv.slice(2));
