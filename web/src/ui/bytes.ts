/** The engine's bytes: base64 of gzip in the file, WebAssembly in memory. */

/** Decode base64 and unpack gzip. Rejects where the text is neither. */
export async function unpackedBytes(base64: string): Promise<Uint8Array<ArrayBuffer>> {
  const packed = Uint8Array.from(atob(base64.trim()), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
