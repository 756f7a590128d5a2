// The binary frames of docs/protocol.md §1.

export interface PictureFrame {
  key: boolean;
  generation: number;
  timestamp: number;
  data: Uint8Array<ArrayBuffer>;
}

export interface SoundPacket { timestamp: number; data: Uint8Array<ArrayBuffer> }

const header = 24;
const version = 1;
const kinds = { picture: 0, sound: 1 };

/** Undefined for what is not a picture of this version. */
export function parseFrame(buffer: ArrayBuffer): PictureFrame | undefined {
  const view = read(buffer, kinds.picture);
  return view && { key: (view.getUint8(1) & 1) === 1, generation: view.getUint32(4), ...common(view) };
}

/** Undefined for what is no sound of this version. */
export function parseSound(buffer: ArrayBuffer): SoundPacket | undefined {
  const view = read(buffer, kinds.sound);
  return view && common(view);
}

export function isSound(buffer: ArrayBuffer): boolean {
  return read(buffer, kinds.sound) !== undefined;
}

function read(buffer: ArrayBuffer, kind: number): DataView<ArrayBuffer> | undefined {
  if (buffer.byteLength < header) return undefined;
  const view = new DataView(buffer);
  return view.getUint8(0) === version && view.getUint8(2) === kind ? view : undefined;
}

function common(view: DataView<ArrayBuffer>): SoundPacket {
  return { timestamp: Number(view.getBigUint64(16)), data: new Uint8Array(view.buffer, header) };
}
