// All of the example, from the repository's root after `npm run build`: node examples/segmentation/run.mjs
import { createJiti } from 'jiti';

const { main } = await createJiti(import.meta.url).import('./main.ts');
process.exitCode = await main(process.argv.slice(2));
