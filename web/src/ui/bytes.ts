/** What the file holds packed, the person's model and the engine: base64 of gzip. */

/** Decode base64 and unpack gzip. Rejects where the text is neither. */
export async function unpackedBytes(base64: string): Promise<Uint8Array<ArrayBuffer>> {
  const letters = atob(base64.trim());
  const packed = new Uint8Array(letters.length);
  for (let i = 0; i < letters.length; i++) packed[i] = letters.charCodeAt(i);
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
