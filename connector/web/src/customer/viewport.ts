import type { Viewport } from '../live';

/** The shared page is encoded on our side: beyond this many pixels people with huge screens would slow everybody down. */
const mostPixels = 1_400_000;
const least = 320;

/** Small text on a phone's fine screen needs the finer picture; a desktop's pictures are large enough as they are. */
const finest = 2;

export type Device = 'phone' | 'tablet' | 'desktop';

/** The shared page's size for a room on a device: even numbers, as video wants them. */
export function viewportFor(room: { width: number; height: number }, device: Device, density = 1): Viewport {
  const phone = device === 'phone';
  const shrink = Math.min(1, Math.sqrt(mostPixels / (room.width * room.height)));
  return { width: even(room.width * shrink), height: even(room.height * shrink), scale: phone ? Math.min(finest, density) : 1, mobile: phone, touch: device === 'tablet' };
}

export function thisDevice(): Device {
  if (!matchMedia('(pointer: coarse)').matches) return 'desktop';
  return Math.min(innerWidth, innerHeight) < 600 ? 'phone' : 'tablet';
}

function even(pixels: number): number {
  return Math.max(least, Math.floor(pixels / 2) * 2);
}
