import { mnist } from 'cvae-compile/data';

/** The same model. */
export { default } from './model.ts';

/** The whole of MNIST, downloaded once or read from the folder that CVAE_DATA names. */
export const data = () => mnist();
