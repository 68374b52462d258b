// Writes what a new user would have: emoji in four folders, and Fashion-MNIST's pictures in ten. node make.mjs PACKAGES OUT
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fashionMnist } from 'cvae-compile/data';
import sharp from 'sharp';

const [packages = '', out = ''] = process.argv.slice(2);

/** Categories that look different: 24 × 24 pixels on white, in colour. */
const GROUPS = {
  'Smileys & Emotion': 'face',
  'Animals & Nature': 'nature',
  'Food & Drink': 'food',
  Flags: 'flag',
};
const emoji = join(packages, 'node_modules', 'emoji-datasource-twitter');
for (const { category, image } of JSON.parse(readFileSync(join(emoji, 'emoji.json'), 'utf8'))) {
  const group = GROUPS[category];
  if (group === undefined) continue;
  const folder = join(out, 'emoji', group);
  mkdirSync(folder, { recursive: true });
  const small = await sharp(join(emoji, 'img', 'twitter', '64', image)).flatten({ background: '#fff' }).resize(24, 24).png();
  writeFileSync(join(folder, image), await small.toBuffer());
}

const PIECES = ['t-shirt', 'trousers', 'pullover', 'dress', 'coat', 'sandal', 'shirt', 'sneaker', 'bag', 'boot'];
const { train } = await fashionMnist();
const { y, label } = train.columns;
const side = 28;
for (let i = 0; i < 14_000; i++) {
  const folder = join(out, 'fashion', PIECES[label.data[i]]);
  mkdirSync(folder, { recursive: true });
  const pixels = Buffer.from(y.data.subarray(i * side * side, (i + 1) * side * side));
  const picture = sharp(pixels, { raw: { width: side, height: side, channels: 1 } });
  writeFileSync(join(folder, `${i}.png`), await picture.png().toBuffer());
}
