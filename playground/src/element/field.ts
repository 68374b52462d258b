import type { Condition } from '../../../src/signature.ts';

/** A control for a condition. */
export interface Field {
  readonly name: string;
  readonly element: HTMLElement;
  /** What is set, as `sample` takes it. */
  value(): unknown;
}

/** Returns the control for a condition: a choice of a class, numbers, or a picture to draw. */
export const fieldOf = (name: string, condition: Condition, changed: () => void): Field => {
  const label = document.createElement('label');
  label.textContent = name;
  const { element, value } = CONTROLS[condition.kind](condition, changed);
  label.append(element);
  return { name, element: label, value };
};

type Control = (condition: Condition, changed: () => void) => Pick<Field, 'element' | 'value'>;

const choice: Control = ({ classes, shape }, changed) => {
  const names = Array.isArray(classes) ? classes : Array.from({ length: shape.at(-1) ?? 0 }, (_, i) => `${i}`);
  const select = document.createElement('select');
  select.append(...names.map((one, i) => new Option(one, `${i}`)));
  select.addEventListener('input', changed);
  return { element: select, value: () => Number(select.value) };
};

const numbers: Control = ({ shape, scaling, names }, changed) => {
  const length = shape.reduce((all, one) => all * one, 1);
  const inputs = Array.from({ length }, (_, i) => {
    const input = document.createElement('input');
    const [mean = 0, deviation = 1] = [scaling?.mean[i], scaling?.deviation[i]];
    const step = 10 ** Math.floor(Math.log10(deviation || 1) - 1);
    Object.assign(input, {
      type: 'number',
      step: 'any',
      value: `${Number((Math.round(mean / step) * step).toPrecision(6))}`,
    });
    if (names?.[i]) input.setAttribute('aria-label', names[i]);
    input.addEventListener('input', changed);
    return input;
  });
  const all = document.createElement('span');
  all.append(...inputs);
  const values = (): readonly number[] => inputs.map((input) => Number(input.value) || 0);
  return { element: all, value: () => (length === 1 ? values()[0] : Float32Array.from(values())) };
};

/** A sheet of the condition's size, in white on black; a double click clears it. */
const drawing: Control = ({ shape: [height = 1, width = 1, channels = 1] }, changed) => {
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  canvas.title = 'Draw; a double click clears it';
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const clear = (): void => {
    if (!context) return;
    context.fillStyle = 'black';
    context.fillRect(0, 0, width, height);
    context.fillStyle = 'white';
  };
  clear();
  const draw = (event: PointerEvent): void => {
    if (!context || event.buttons === 0) return;
    const box = canvas.getBoundingClientRect();
    const at = [((event.clientX - box.left) / box.width) * width, ((event.clientY - box.top) / box.height) * height];
    context.beginPath();
    context.arc(at[0] ?? 0, at[1] ?? 0, Math.max(width / 24, 0.7), 0, 2 * Math.PI);
    context.fill();
    changed();
  };
  canvas.addEventListener('pointerdown', draw);
  canvas.addEventListener('pointermove', draw);
  canvas.addEventListener('dblclick', () => {
    clear();
    changed();
  });
  const value = (): Float32Array => {
    const { data } = context?.getImageData(0, 0, width, height) ?? { data: new Uint8ClampedArray() };
    return Float32Array.from(
      { length: height * width * channels },
      (_, i) => (data[Math.floor(i / channels) * 4 + Math.min(i % channels, 2)] ?? 0) / 255,
    );
  };
  return { element: canvas, value };
};

const CONTROLS: Readonly<Record<Condition['kind'], Control>> = {
  categorical: choice,
  continuous: numbers,
  image: drawing,
};
