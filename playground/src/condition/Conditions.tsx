import type { Condition } from '../../../src/signature.ts';
import type { Playground } from '../session/playground.ts';
import { ClassField } from './ClassField.tsx';
import { ClassesField } from './ClassesField.tsx';
import { ExampleField } from './ExampleField.tsx';
import { ImageField } from './ImageField.tsx';
import { NumbersField } from './NumbersField.tsx';
import { initialValue, type Value } from './values.ts';

/** What the model is told: a control that fits for each condition. */
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
      return <ClassesField name={name} condition={condition} value={value} onChange={onChange} />;
    case 'numbers':
      return <NumbersField name={name} condition={condition} value={value} onChange={onChange} />;
    case 'image':
      return <ImageField name={name} condition={condition} value={value} onChange={onChange} />;
  }
};
