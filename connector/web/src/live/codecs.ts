/** What the service can encode, best first. */
const known = ['av01.0.08M.08', 'vp09.00.40.08', 'avc1.42E028'];

/** Whole JPEG pictures in place of video. */
export const stills = 'jpeg';

/**
 * The codecs that this browser decodes, best first. Stills can be shown by each, also without a VideoDecoder: some browsers have none, and
 * no browser has one at an http:// address.
 */
export async function supportedCodecs(): Promise<string[]> {
  if (typeof VideoDecoder === 'undefined') return [stills];
  const answers = await Promise.all(known.map(accepts));
  return [...known.filter((_, i) => answers[i]), stills];
}

async function accepts(codec: string): Promise<boolean> {
  try {
    const answer = await VideoDecoder.isConfigSupported({ codec, codedWidth: 1280, codedHeight: 720, optimizeForLatency: true });
    return answer.supported === true;
  } catch {
    return false;
  }
}
