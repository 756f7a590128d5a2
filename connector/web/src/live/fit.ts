// Where the shared page stands on the screen, and back from the screen to the page.

interface Size { width: number; height: number }
export interface Placement { scale: number; left: number; top: number }

/**
 * Fits a page of size `page` into `room`. `keepWidth` serves phones: the on-screen keyboard takes height away, and the page stays as
 * wide as it is and is shifted instead, so that `reveal` (a y of the page) is in sight. `edge` is left free all around.
 */
export function place(page: Size, room: Size, options: { largest: number; keepWidth?: boolean; reveal?: number; edge?: number }): Placement {
  const { edge = 0 } = options;
  if (edge > 0) {
    const inner = place(page, { width: room.width - 2 * edge, height: room.height - 2 * edge }, { ...options, edge: 0 });
    return { scale: inner.scale, left: inner.left + edge, top: inner.top + edge };
  }
  const byWidth = room.width / page.width;
  const byHeight = room.height / page.height;
  const scale = Math.min(options.largest, options.keepWidth ? byWidth : Math.min(byWidth, byHeight));
  const left = Math.max(0, (room.width - page.width * scale) / 2);
  const overflow = page.height * scale - room.height;
  if (overflow <= 0) return { scale, left, top: -overflow / 2 };
  const wanted = (options.reveal ?? 0) * scale - room.height * 0.4;
  return { scale, left, top: -Math.min(overflow, Math.max(0, wanted)) };
}

/** The page's coordinates of a point of the room; outside points come back clamped to the page's edge. */
export function toPage(x: number, y: number, page: Size, placement: Placement): { x: number; y: number } {
  return {
    x: clamp((x - placement.left) / placement.scale, page.width),
    y: clamp((y - placement.top) / placement.scale, page.height),
  };
}

function clamp(value: number, size: number): number {
  return Math.round(Math.min(Math.max(0, value), Math.max(0, size - 1)) * 10) / 10;
}
