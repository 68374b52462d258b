import { asJson } from '../values/as-json.ts';
import { parsed, refusing } from './read.ts';
import { isObject } from './schema.ts';
import { FORMAT, NEWEST } from './version.ts';

/**
 * Parses the JSON object that describes a model, after checking that its format is one that this version reads; throws an `InvalidFile` that
 * begins with `where` otherwise.
 */
export const parseFormat = (text: string, where: string): Readonly<Record<string, unknown>> => {
  const what = 'JSON that describes an exported model';
  const remedy = 'export the model again';
  const whole = parsed(text, { where, what, remedy });
  const refuse = refusing({ where, remedy });
  if (!isObject(whole)) return refuse(what, 'JSON of another kind');
  const { format } = whole;
  if (typeof format === 'number' && format > NEWEST)
    refusing({ where, remedy: 'update cvae-compile' })(
      `format ${NEWEST}, the newest that this version reads`,
      `${format}, a version from the future`,
    );
  return format === FORMAT || format === NEWEST
    ? whole
    : refuse(`a model of format ${FORMAT}`, `format ${asJson(format)}`);
};
