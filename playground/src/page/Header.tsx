import { counted } from '../../../src/values/counted.ts';
import { conditionsOf } from '../condition/values.ts';
import { distributionOf } from '../../../src/distributions/data/table.ts';
import type { Manifest, TargetSignature } from '../../../src/signature.ts';
import type { Playground } from '../session/playground.ts';
import { served, shown } from '../session/shown.ts';
import { targetsOf } from '../view/results.ts';
import { Mark } from './Mark.tsx';

/** Whose page this is: the model, in a line. */
export const Header = ({ playground }: { readonly playground: Playground }) => (
  <header class="top">
    <Mark />
    <div class="title">
      <h1>{playground.manifest.name}</h1>
      <p class="hint">{summary(playground.manifest)}</p>
    </div>
    <Back playground={playground} />
  </header>
);

/** The way back from a model that was made in the page to the one that the page is about. */
const Back = ({ playground }: { readonly playground: Playground }) => {
  const first = served.value;
  if (!first || first === playground) return null;
  return (
    <button type="button" class="button" onClick={() => (shown.value = first)}>
      Back to {first.manifest.name}
    </button>
  );
};

/** `p(y | x, z): bernoulli of 28 × 28 × 1, 64 latents, learned prior, baseline`. */
const summary = ({ kind, conditions, target, latent, files }: Manifest): string => {
  const given = [...conditionsOf({ conditions }).map(([name]) => name), ...(kind === 'cvae' ? ['z'] : [])].join(', ');
  const all = targetsOf({ target });
  const names = [...all.slice(0, MANY).map(([name]) => name), ...(all.length > MANY ? ['…'] : [])].join(', ');
  const kinds =
    all.length > MANY
      ? [`${all.length} targets`]
      : all.map(([name, one]) => (target.targets ? `${name} ${distributionOf(one).title}` : singleOf(one)));
  return [
    `p(${names} | ${given}): ${kinds.join(', ')}`,
    ...(latent > 0
      ? [counted(latent, 'latent dimension'), files.prior ? 'learned prior' : 'prior N(0, I)']
      : ['no latent']),
    ...(files.baseline ? ['baseline'] : []),
  ].join(' · ');
};

/** How many targets are named in a line. */
const MANY = 4;

const singleOf = (target: TargetSignature): string =>
  `${distributionOf(target).title} of ${target.shape.join(' × ') || 'one number'}`;
