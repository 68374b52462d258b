import type { LogLikelihood } from 'cvae-compile/runtime';
import { conditionsOf } from '../condition/values.ts';
import { AsView, changeableOf } from '../latent/AsView.tsx';
import type { Playground } from '../session/playground.ts';
import { ProblemCard } from '../view/ProblemCard.tsx';
import { paperOf } from '../draw/paper.ts';
import { Term } from '../view/Term.tsx';
import { targetsOf } from '../view/results.ts';
import { sequencesOf } from '../view/sequences.ts';
import { Nearest } from './Nearest.tsx';
import { OwnField } from './OwnFields.tsx';
import { isRow } from './paste.ts';
import { PasteRow } from './PasteRow.tsx';
import { StepsField } from './StepsField.tsx';
import { Reconstruction } from './Reconstruction.tsx';
import { decimals } from '../meter/words.ts';

/** What the model says about the user's own example: x on the left of the page, y here. */
export const AskPanel = ({ playground }: { readonly playground: Playground }) => {
  const { manifest, question, examples } = playground;
  const { own, encoding } = question;
  const failed = encoding.value && 'problem' in encoding.value ? encoding.value.problem : undefined;
  const encodes = manifest.files.recognition !== undefined && manifest.kind === 'cvae';
  const sequences = sequencesOf(manifest);
  return (
    <div class={sequences ? 'ask wide' : 'ask'}>
      <section class="ask-own" aria-labelledby="own-title">
        <h2 id="own-title">Your example</h2>
        <p class="hint">
          {conditionsOf(manifest).length > 0 ? 'Set x under Condition, and give y here.' : 'Give y here.'}
        </p>
        {sequences && <StepsField playground={playground} targets={sequences} />}
        {(sequences ? [] : targetsOf(manifest)).map(([name, target]) => (
          <OwnField
            key={name}
            name={name}
            target={target}
            values={own.value[name] ?? []}
            paper={paperOf(examples.examples, name)}
            onChange={(values) => (own.value = { ...own.value, [name]: values })}
          />
        ))}
        {!sequences && isRow(manifest) && <PasteRow playground={playground} />}
      </section>
      <div class="ask-answers">
        {failed && <ProblemCard problem={failed} />}
        {encodes && !failed && <Reconstruction playground={playground} />}
        {encodes && !failed && <Lies playground={playground} />}
        <Likely playground={playground} />
        {encodes && !failed && <Nearest playground={playground} />}
      </div>
    </div>
  );
};

/** Where the example is in the latent, and y there under other conditions. */
const Lies = ({ playground }: { readonly playground: Playground }) => {
  const { manifest, question, latent, tab } = playground;
  const found = question.encoding.value;
  if (!found || !('found' in found)) return null;
  const { mean } = found.found.posterior;
  const show = (): void => {
    latent.go(mean.data);
    tab.value = 'latent';
  };
  return (
    <section aria-labelledby="lies-title">
      <h2 id="lies-title">
        {changeableOf(manifest).length > 0 ? 'The same z under other conditions' : 'Position in the latent space'}
      </h2>
      <AsView playground={playground} z={mean.data} called="the example’s z" />
      <div class="row">
        <button type="button" class="button" onClick={show}>
          Show on the map
        </button>
        <span class="hint">
          z is the mean of{' '}
          <Term says="q(z|x,y), the recognition network: which z the model takes to be behind this example.">
            q(z|x,y)
          </Term>
        </span>
      </div>
    </section>
  );
};

/** How likely the model holds the example to be. */
const Likely = ({ playground: { manifest, question } }: { readonly playground: Playground }) => {
  const answer = question.likelihood.value;
  return (
    <section aria-labelledby="likely-title">
      <h2 id="likely-title">Likelihood</h2>
      {manifest.files.evaluation === undefined ? (
        <p class="hint">
          For log p(y|x), export the model with <code>--evaluation</code>.
        </p>
      ) : answer === undefined ? (
        <p role="status">Estimating…</p>
      ) : 'problem' in answer ? (
        <ProblemCard problem={answer.problem} />
      ) : (
        <Estimate {...answer.found} />
      )}
    </section>
  );
};

const Estimate = ({ values, standardErrors, effectiveSamples, estimator }: LogLikelihood) => {
  const [value = NaN, error = 0, worth = 0] = [values[0], standardErrors[0], effectiveSamples[0]];
  return (
    <>
      <p class="figure">
        <Term says="The logarithm of the density of y given x, in nats: a difference of 1 means e times as likely.">
          log p(y|x)
        </Term>{' '}
        <b>{decimals(value, 2)}</b> nats
        {estimator !== 'exact' && (
          <>
            {' '}
            ±{' '}
            <Term says="The standard error of the estimate, from the spread of the weights of its 100 draws of z.">
              {error.toFixed(2)}
            </Term>
          </>
        )}
      </p>
      {estimator !== 'exact' && (
        <p class="hint">
          Estimated with 100 draws of {estimator === 'importance' ? 'q(z|x,y)' : 'the prior'}, worth{' '}
          {worth < 99.95 ? worth.toFixed(1) : worth.toFixed(0)} independent ones
          {worth < 2 && ': too few, so that the standard error is too small as well'}.
        </p>
      )}
    </>
  );
};
