/**
 * An image file as pixels of [height, width, channels] from 0 to 1, scaled to that size, on black or white paper; throws where it is no
 * image.
 */
export const pixelsOfFile = async (
  file: Blob,
  [height = 0, width = 0, channels = 1]: readonly number[],
  paper = 0,
): Promise<Float32Array> => {
  const bitmap = await createImageBitmap(file);
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('the browser gives no canvas to read the image with');
  context.imageSmoothingQuality = 'high';
  // What has an alpha channel of its own stays transparent.
  if (channels % 2 === 1) {
    context.fillStyle = paper === 1 ? '#fff' : '#000';
    context.fillRect(0, 0, width, height);
  }
  context.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  const { data } = context.getImageData(0, 0, width, height);
  return Float32Array.from({ length: height * width * channels }, (_, i) => {
    const [place, channel] = [4 * Math.floor(i / channels), i % channels];
    const at = (c: number): number => data[place + c] ?? 0;
    // Grey by how bright each colour is seen; a second channel is alpha.
    if (channels < 3 && channel === 0) return Math.round(0.299 * at(0) + 0.587 * at(1) + 0.114 * at(2)) / 255;
    return at(channels < 3 ? 3 : channel) / 255;
  });
};
