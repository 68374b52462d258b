import type { Condition } from '../../../src/signature.ts';
import type { Playground } from '../session/playground.ts';
import { ClassField } from './ClassField.tsx';
import { ClassesField } from './ClassesField.tsx';
import { ExampleField } from './ExampleField.tsx';
import { ImageField } from './ImageField.tsx';
import { NumbersField } from './NumbersField.tsx';
import { ListField, MANY_NUMBERS } from './ListField.tsx';
import { classesOf, initialValue, type Value } from './values.ts';

/** The conditions: a fitting control for each. */
export const Conditions = ({ playground }: { readonly playground: Playground }) => {
  const { manifest, values, set } = playground;
  return (
    <section class="conditions" aria-labelledby="conditions">
      <h2 id="conditions">Condition</h2>
      {Object.entries(manifest.conditions).map(([name, condition]) => (
        <Field
          key={name}
          name={name}
          condition={condition}
          value={values.value[name] ?? initialValue(condition)}
          onChange={(value) => set(name, value)}
        />
      ))}
      {Object.keys(manifest.conditions).length === 0 && <p class="hint">This model is told nothing.</p>}
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

const Field = ({ name, condition, value, onChange }: FieldProps) => {
  switch (value.kind) {
    case 'class':
    case 'all':
      return <ClassField name={name} condition={condition} value={value} onChange={onChange} />;
    case 'classes':
      if (value.indices.length > MANY_NUMBERS)
        return (
          <ListField
            name={name}
            numbers={value.indices}
            refuse={(index) => (classesOf(condition)[index] === undefined ? 'no class' : undefined)}
            onChange={(indices) => onChange({ kind: 'classes', indices })}
          />
        );
      return <ClassesField name={name} condition={condition} value={value} onChange={onChange} />;
    case 'numbers':
      if (value.numbers.length > MANY_NUMBERS)
        return (
          <ListField
            name={name}
            numbers={value.numbers}
            refuse={() => undefined}
            onChange={(numbers) => onChange({ kind: 'numbers', numbers })}
          />
        );
      return <NumbersField name={name} condition={condition} value={value} onChange={onChange} />;
    case 'image':
      return <ImageField name={name} condition={condition} value={value} onChange={onChange} />;
  }
};
