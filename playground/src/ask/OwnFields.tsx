import { useSignal } from '@preact/signals';
import { isClasses, type TargetSignature } from '../../../src/signature.ts';
import { distributionOf } from '../../../src/distributions/data/table.ts';
import { elementTexts, variableText } from '../../../src/values/element-names.ts';
import { ClassesField } from '../condition/ClassesField.tsx';
import { ListField, MANY_CLASSES, MANY_NUMBERS } from '../condition/ListField.tsx';
import { classesOf, rounded } from '../condition/values.ts';
import { Drawing } from '../draw/Drawing.tsx';
import { pixelsOfFile } from '../draw/file.ts';
import { Picture } from '../view/Picture.tsx';
import { ClassGreys } from '../view/ClassGreys.tsx';
import { greysOf, viewOf } from '../view/pixels.ts';

interface OwnProps {
  readonly name: string;
  readonly target: TargetSignature;
  readonly values: readonly number[];
  readonly onChange: (values: readonly number[]) => void;
  /** What is under a picture: 0, black, or 1, white. */
  readonly paper: number;
}

/** The user's own y, one target of it: a picture to draw, open or drop, or a control for each number or class. */
export const OwnField = (props: OwnProps) => {
  const { name, target, values, onChange } = props;
  const view = viewOf(target);
  const classes = isClasses(target);
  if (view && !classes) return <OwnPicture {...props} view={view} />;
  if (view)
    return (
      <figure class="own-picture">
        <Picture values={greysOf(target, values)} shape={view} label={name} />
        <figcaption class="hint">A map of classes: choose one from the examples.</figcaption>
        <ClassGreys target={target} />
      </figure>
    );
  if (values.length > (classes ? MANY_CLASSES : MANY_NUMBERS))
    return (
      <ListField
        key={values.join()}
        name={variableText(name, target)}
        values={values}
        {...(classes && { classes: classesOf(target) })}
        onChange={onChange}
      />
    );
  if (!classes) return <Numbers {...props} />;
  const condition = { ...target, kind: 'categorical' as const, mask: false };
  return (
    <ClassesField
      name={name}
      condition={condition}
      value={{ kind: 'classes', indices: values }}
      onChange={(next) => next.kind === 'classes' && onChange(next.indices)}
    />
  );
};

/** A number for each element; one that may be missing can be left empty. */
const Numbers = ({ name, target, values, onChange }: OwnProps) => {
  const { values: kind } = distributionOf(target);
  return (
    <fieldset class="field">
      <legend class={values.length === 1 ? 'spoken' : ''}>{variableText(name, target)}</legend>
      <div class="own-numbers">
        {elementTexts(name, target).map((label, i) => (
          <label key={label} class="own-number">
            <span class="hint">{label}</span>
            <input
              type="number"
              step={kind === 'counts' ? 1 : 'any'}
              value={Number.isNaN(values[i] ?? NaN) ? '' : rounded(values[i] ?? 0)}
              placeholder={target.mask === true ? 'missing' : ''}
              onChange={({ currentTarget }) => {
                const next = currentTarget.value === '' ? NaN : Number(currentTarget.value);
                if (!Number.isNaN(next) || target.mask === true)
                  onChange(values.map((before, place) => (place === i ? next : before)));
              }}
            />
          </label>
        ))}
      </div>
    </fieldset>
  );
};

/** The user's own picture: drawn, opened, or dropped; a file is scaled to the model's size. */
const OwnPicture = ({ name, values, onChange, paper, view }: OwnProps & { readonly view: readonly number[] }) => {
  const over = useSignal(false);
  const wrong = useSignal('');
  const take = async (file: File | undefined): Promise<void> => {
    over.value = false;
    if (!file) return;
    const pixels = await pixelsOfFile(file, view, paper).catch(() => undefined);
    wrong.value = pixels ? '' : `${file.name} is not an image that this browser can read.`;
    if (pixels) onChange(Array.from(pixels));
  };
  const [height = 0, width = 0] = view;
  return (
    <div
      class={over.value ? 'own-picture over' : 'own-picture'}
      onDragOver={(event) => {
        event.preventDefault();
        over.value = true;
      }}
      onDragLeave={() => (over.value = false)}
      onDrop={(event) => {
        event.preventDefault();
        void take(event.dataTransfer?.files[0]);
      }}
    >
      <Drawing
        label={`${name}, ${width} by ${height} pixels`}
        shape={view}
        paper={paper}
        value={Float32Array.from(values)}
        onChange={(next) => onChange(Array.from(next))}
      />
      <p class="hint">
        Or drop a picture here: it is scaled to {width} × {height}.
      </p>
      <p class="wrong" role="status">
        {wrong.value}
      </p>
    </div>
  );
};
