import { describe, expect, it } from 'vitest';
import {
  OPERATORS,
  fewest,
  irVersionOf,
  isOperator,
  parametersOf,
  runsEverywhere,
  specOf,
  within,
  type Operator,
} from '../../src/onnx/schema.ts';

const operators: readonly Operator[] = Object.keys(OPERATORS).filter(isOperator);

describe('the table of operators', () => {
  it('knows which have no kernel on some provider at an opset', () => {
    const missing = (opset: number): readonly string[] => operators.filter((op) => !runsEverywhere(op, opset)).sort();
    const always = ['And', 'ConstantOfShape', 'Loop', 'OneHot', 'Or', 'Scan', 'ScatterElements', 'Sign'];
    expect(missing(18)).toEqual(always);
    expect(missing(21)).toEqual(always);
    expect(missing(22)).toEqual(
      [...always, 'ConvTranspose', 'Elu', 'GRU', 'GlobalAveragePool', 'LSTM', 'MaxPool', 'Sin', 'Cos'].sort(),
    );
    expect(missing(16)).toEqual([...always, 'LayerNormalization'].sort());
  });

  it('says what an operator takes at an opset, where that has moved', () => {
    const inputs = (op: Operator, opset: number): readonly string[] =>
      parametersOf(specOf(op)?.inputs ?? {}, opset).map(({ name, kind }) => `${name} ${kind}`);
    expect(inputs('ReduceMean', 17)).toEqual(['data single']);
    expect(inputs('ReduceMean', 18)).toEqual(['data single', 'axes optional']);
    expect(inputs('ReduceSum', 13)).toEqual(['data single', 'axes optional']);
    expect(inputs('Pad', 17)).toEqual(['data single', 'pads single', 'constant_value optional']);
    expect(inputs('Pad', 18)).toEqual(['data single', 'pads single', 'constant_value optional', 'axes optional']);
    expect(inputs('Max', 18)).toEqual(['data variadic']);
    const attributes = (op: Operator, opset: number): readonly string[] =>
      Object.entries(specOf(op)?.attributes ?? {}).flatMap(([name, span]) => (within(span, opset) ? [name] : []));
    expect(attributes('ReduceMean', 17)).toEqual(['axes', 'keepdims']);
    expect(attributes('ReduceMean', 18)).toEqual(['keepdims', 'noop_with_empty_axes']);
    expect(attributes('Split', 17)).toEqual(['axis']);
    expect(attributes('Split', 18)).toEqual(['axis', 'num_outputs']);
  });

  it('says how many inputs a node lists at least', () => {
    const least = (op: Operator): number => fewest(parametersOf(specOf(op)?.inputs ?? {}, 18));
    expect([least('Constant'), least('Relu'), least('Gemm'), least('Max'), least('Loop'), least('Resize')]).toEqual([
      0, 1, 2, 1, 2, 1,
    ]);
  });

  it('holds type variables that are bound by what is taken, or by an attribute', () => {
    for (const op of operators) {
      const spec = specOf(op);
      const used = [spec?.inputs ?? {}, spec?.outputs ?? {}].flatMap((slots) =>
        parametersOf(slots, 26).map(({ type }) => type),
      );
      expect(
        Object.keys(spec?.types ?? {}).filter((variable) => !used.includes(variable)),
        op,
      ).toEqual([]);
    }
  });

  it("has the versions that ONNX's releases paired", () => {
    const pairs = Array.from({ length: 14 }, (_, i) => [i + 13, irVersionOf(i + 13)].join(':')).join(' ');
    expect(pairs).toBe('13:7 14:7 15:8 16:8 17:8 18:8 19:9 20:9 21:10 22:10 23:11 24:12 25:13 26:13');
  });
});
