import type { Playground } from '../session/playground.ts';
import { Card } from './Card.tsx';
import { Files } from './Files.tsx';
import { Measured } from './Measured.tsx';
import { Proof } from './Proof.tsx';
import { BackendSwitch } from '../page/BackendSwitch.tsx';
import { Signature } from './Signature.tsx';

/** What the model is, whether it computes here what it should, how fast, its files, and its card. */
export const ModelPanel = ({ playground }: { readonly playground: Playground }) => (
  <div class="about">
    <Signature manifest={playground.manifest} />
    <div class="about-side">
      <Runs playground={playground} />
      <Proof playground={playground} />
      <Measured playground={playground} />
    </div>
    <Files playground={playground} />
    <Card playground={playground} />
  </div>
);

/** What runs the model, to choose. */
const Runs = ({ playground }: { readonly playground: Playground }) => (
  <section aria-labelledby="runs">
    <h2 id="runs">Backend</h2>
    <BackendSwitch playground={playground} />
  </section>
);
