// What only models of several targets, or of which parts are known, need.
export { severally } from '../several.ts';
export { impute } from '../ask-impute.ts';
