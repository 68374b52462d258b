import type { Condition } from '../../../src/signature.ts';
import { variableText } from '../../../src/values/element-names.ts';
import type { Playground } from '../session/playground.ts';
import { conditionsText } from '../samples/conditions-text.ts';
import { Sheet } from '../view/Sheet.tsx';
import { ClassField } from './ClassField.tsx';
import { ClassesField } from './ClassesField.tsx';
import { ExampleField } from './ExampleField.tsx';
import { ImageField } from './ImageField.tsx';
import { NumbersField } from './NumbersField.tsx';
import { ListField, MANY_CLASSES, MANY_NUMBERS } from './ListField.tsx';
import { classesOf, initialValue, knownValue, conditionsOf, type Value } from './values.ts';

/** The conditions: a fitting control for each. */
export const Conditions = ({ playground }: { readonly playground: Playground }) => {
  const { manifest, values, set } = playground;
  const fields = conditionsOf(manifest).map(([name, condition]) => {
    const value = values.value[name] ?? initialValue(condition);
    const given = { name, condition, value, onChange: (next: Value) => set(name, next) };
    return condition.mask ? <KnownField key={name} {...given} /> : <Field key={name} {...given} />;
  });
  const slides = conditionsOf(manifest).every(([, { kind }]) => kind !== 'image') && fields.length > 0;
  return (
    <section class="conditions" aria-labelledby="conditions">
      <h2 id="conditions">Condition</h2>
      {/* What is drawn on stays in the page. */}
      {slides ? (
        <Sheet title="Condition" says={conditionsText(manifest, values.value)} side="left">
          {fields}
        </Sheet>
      ) : (
        fields
      )}
      {Object.keys(manifest.conditions).length === 0 && <p class="hint">This model has no conditions.</p>}
      <ExampleField playground={playground} />
    </section>
  );
};

interface FieldProps {
  readonly name: string;
  readonly condition: Condition;
  readonly value: Value;
  readonly onChange: (value: Value) => void;
}

/** A condition whose value may be missing, and whether it is known. */
const KnownField = ({ name, condition, value, onChange }: FieldProps) => (
  <div class={condition.knownOf === undefined ? 'known named' : 'known'}>
    <label class="check">
      <input
        type="checkbox"
        checked={value.kind !== 'missing'}
        onChange={({ currentTarget }) => onChange(currentTarget.checked ? knownValue(condition) : { kind: 'missing' })}
      />
      {condition.knownOf === undefined
        ? `${variableText(name, condition)} is known`
        : `${nameOf(condition.knownOf)} is given`}
    </label>
    {value.kind !== 'missing' && <Field name={name} condition={condition} value={value} onChange={onChange} />}
  </div>
);

/** A target in words. */
const nameOf = (target: string): string => (target === 'y' ? 'Part of the target' : target);

/** A fitting control for a value. */
export const Field = ({ name, condition, value, onChange }: FieldProps) => {
  switch (value.kind) {
    case 'class':
    case 'all':
      return <ClassField name={name} condition={condition} value={value} onChange={onChange} />;
    case 'classes':
      if (value.indices.length > MANY_CLASSES)
        return (
          <ListField
            key={value.indices.join()}
            name={name}
            values={value.indices}
            classes={classesOf(condition)}
            onChange={(indices) => onChange({ kind: 'classes', indices })}
          />
        );
      return <ClassesField name={name} condition={condition} value={value} onChange={onChange} />;
    case 'numbers':
      if (value.numbers.length > MANY_NUMBERS)
        return (
          <ListField
            key={value.numbers.join()}
            name={name}
            values={value.numbers}
            onChange={(numbers) => onChange({ kind: 'numbers', numbers })}
          />
        );
      return <NumbersField name={name} condition={condition} value={value} onChange={onChange} />;
    case 'missing':
      return null;
    case 'image':
      return <ImageField name={name} condition={condition} value={value} onChange={onChange} />;
  }
};
