import { isClasses, type TargetSignature } from '../../../src/signature.ts';
import { classesOf } from '../condition/values.ts';
import { greysOf, viewOf } from './view-of.ts';

/** The greys of a map of classes, by name; nothing of other targets, or where there are too many to tell apart. */
export const ClassGreys = ({ target }: { readonly target: TargetSignature }) => {
  const names = classesOf(target);
  if (!isClasses(target) || !viewOf(target) || names.length > MOST) return null;
  const greys = greysOf(
    target,
    names.map((_, i) => i),
  );
  return (
    <p class="legend hint">
      {names.map((name, i) => (
        <span key={name}>
          <i
            class="area grey"
            style={{ background: `rgb(${100 * (greys[i] ?? 0)}% ${100 * (greys[i] ?? 0)}% ${100 * (greys[i] ?? 0)}%)` }}
          />{' '}
          {name}
        </span>
      ))}
    </p>
  );
};

const MOST = 16;
