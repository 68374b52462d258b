import { counted } from '../../../src/values/counted.ts';
import { isClasses, type Manifest } from '../../../src/signature.ts';
import { elementTexts, variableText } from '../../../src/values/element-names.ts';
import { classesOf, conditionsOf } from '../condition/values.ts';
import { kindOf, targetsOf } from '../view/results.ts';

/** What goes in and what comes out, in words. */
export const Signature = ({ manifest }: { readonly manifest: Manifest }) => {
  const { latent, kind, library, opset, fingerprint } = manifest;
  return (
    <section aria-labelledby="signature">
      <h2 id="signature">Signature</h2>
      <dl class="facts">
        <dt>Kind</dt>
        <dd>{kind === 'cvae' ? 'conditional VAE' : 'predictor, without a latent'}</dd>
        {conditionsOf(manifest).map(([name, condition]) => (
          <>
            <dt key={`${name} name`}>
              Condition <code>{name}</code>
            </dt>
            <dd key={name}>
              {condition.kind === 'categorical'
                ? `one of ${listed(classesOf(condition))}${places(condition.dataShape)}`
                : condition.kind === 'image'
                  ? `image of ${condition.shape.join(' × ')}`
                  : `${condition.shape.join(' × ')} ${condition.shape.join() === '1' ? 'number' : 'numbers'}`}
              {condition.names && named(condition.kind === 'categorical', name, condition)}
              {condition.mask && ', may be missing'}
            </dd>
          </>
        ))}
        {targetsOf(manifest).map(([name, one]) => (
          <>
            <dt key={`${name} target`}>
              Target <code>{name}</code>
            </dt>
            <dd key={`${name} kind`}>
              {kindOf(one)}
              {isClasses(one) && `, one of ${listed(classesOf(one))}`}
              {one.names && named(isClasses(one), name, one)}
            </dd>
          </>
        ))}
        {latent > 0 && (
          <>
            <dt>
              Latent <code>z</code>
            </dt>
            <dd>
              {counted(latent, 'dimension')}, prior {manifest.files.prior ? 'learned from the condition' : 'N(0, I)'}
            </dd>
          </>
        )}
        <dt>Exported by</dt>
        <dd>
          {library}, opset {opset}
        </dd>
        <dt>Definition</dt>
        <dd>
          <code title={fingerprint}>{fingerprint.slice(0, 16)}…</code>
        </dd>
      </dl>
    </section>
  );
};

/** Names of elements: of numbers, or the columns of classes; of a sequence, that of all its steps. */
const named = (areClasses: boolean, name: string, called: Parameters<typeof elementTexts>[1]): string => {
  const names = elementTexts(name, called);
  const title = variableText(name, called);
  if (names.length > 1 && names[0] === `${title} 1`)
    return title === name
      ? `, at each of ${names.length} steps`
      : `${areClasses ? ', in the column' : ':'} ${title} at each of ${names.length} steps`;
  return areClasses ? `, in the column${names.length > 1 ? 's' : ''} ${listed(names)}` : `: ${listed(names)}`;
};

const listed = (names: readonly string[]): string =>
  names.length > 12 ? `${names.slice(0, 10).join(', ')} and ${names.length - 10} more` : names.join(', ');

const places = (shape: readonly number[]): string =>
  shape.length > 0 ? ` at each of ${shape.join(' × ')} positions` : '';
