// From the repository's root after `npm run build`: node research/first-models/run.mjs PACKAGES [weather | emoji | fashion …]
import { createJiti } from 'jiti';

const { main } = await createJiti(import.meta.url).import('./main.ts');
process.exitCode = await main(process.argv.slice(2));
