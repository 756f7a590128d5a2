// The binary picture frame of docs/protocol.md §1.

export interface PictureFrame {
  key: boolean;
  generation: number;
  timestamp: number;
  data: Uint8Array<ArrayBuffer>;
}

const header = 24;
const version = 1;

/** Undefined for what is not a picture of this version. */
export function parseFrame(buffer: ArrayBuffer): PictureFrame | undefined {
  if (buffer.byteLength < header) return undefined;
  const view = new DataView(buffer);
  if (view.getUint8(0) !== version) return undefined;
  return {
    key: (view.getUint8(1) & 1) === 1,
    generation: view.getUint32(4),
    timestamp: Number(view.getBigUint64(16)),
    data: new Uint8Array(buffer, header),
  };
}
