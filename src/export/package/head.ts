import { isClasses, type Manifest } from '../../signature.ts';
import type { CardFacts } from './card-facts.ts';

/**
 * Returns the YAML at the head of a model card, as model hubs read it (https://huggingface.co/docs/hub/model-cards). The licence
 * is the one that was named, or `unknown` by default.
 */
export const headOf = ({ manifest, license, trained }: CardFacts): string => {
  const task = taskOf(manifest);
  const lines = [
    '---',
    `license: ${license === undefined ? 'unknown' : text(license.toLowerCase())}`,
    'library_name: onnx',
    `pipeline_tag: ${task}`,
    'tags:',
    ...['onnx', 'onnxruntime', 'onnxruntime-web', manifest.kind === 'cvae' ? 'conditional-vae' : 'predictor'].map(item),
  ];
  const part = trained?.figures.test ? 'test' : 'validation';
  const loss = trained?.figures[part]?.['negativeElbo'];
  if (trained && loss !== undefined) {
    const metric = trained.unit === 'nats' ? 'negative_elbo' : 'loss';
    lines.push(
      'metrics:',
      item(metric),
      'model-index:',
      `- name: ${text(manifest.name)}`,
      '  results:',
      '  - task:',
      `      type: ${task}`,
      '    dataset:',
      `      type: ${text(trained.data.name)}`,
      `      name: ${text(trained.data.name)}`,
      `      split: ${part}`,
      '    metrics:',
      `    - type: ${metric}`,
      `      name: ${text(`${trained.unit === 'nats' ? '−ELBO' : 'loss'} (${trained.unit})`)}`,
      `      value: ${Number(loss.toFixed(4))}`,
    );
  }
  return `${[...lines, '---'].join('\n')}\n`;
};

const item = (value: string): string => `- ${text(value)}`;

/** Writes a text so that YAML reads it back unchanged: plain if that is unambiguous, else quoted as in JSON. */
const text = (value: string): string =>
  /^[A-Za-z][\w.+-]*$/.test(value) && !/^(y|n|yes|no|on|off|true|false|null)$/i.test(value)
    ? value
    : JSON.stringify(value).replace(/[\x7f-\x9f\u2028\u2029\ufeff]/g, escapedInYaml);

/** Escapes a character that JSON may leave unescaped and YAML may not. */
const escapedInYaml = (sign: string): string => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Returns the hubs' term for what a model does, or `other`: they have none for drawing from classes, numbers or tables. */
const taskOf = ({ kind, conditions, target }: Manifest): string => {
  const given = Object.values(conditions);
  const seesImage = given.some((condition) => condition.kind === 'image');
  const isMap = isClasses(target) && target.dataShape.length > 1;
  if (isMap && seesImage) return 'image-segmentation';
  if (target.image || isMap)
    return seesImage ? 'image-to-image' : given.length === 0 ? 'unconditional-image-generation' : 'other';
  if (kind === 'cvae' || target.targets) return 'other';
  return isClasses(target) ? 'tabular-classification' : 'tabular-regression';
};
