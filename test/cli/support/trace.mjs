// Loaded before the program (--import): writes the URL of every module that it loads to the file that TRACE names.
import { appendFileSync } from 'node:fs';
import Module, { register } from 'node:module';

const file = process.env.TRACE;
const load = Module._load;
Module._load = function (request, ...rest) {
  appendFileSync(file, `${request}\n`);
  return load.call(this, request, ...rest);
};
register(
  `data:text/javascript,${encodeURIComponent(`
    import { appendFileSync } from 'node:fs';
    export async function resolve(name, context, next) {
      const found = await next(name, context);
      appendFileSync(${JSON.stringify(file)}, found.url + '\\n');
      return found;
    }`)}`,
);
