/** The company's colour as a background and the text colour that can be read on it (WCAG AA). Nonsense becomes our own blue. */
export function brandColors(color: string): { background: string; text: string } {
  const background = /^#[0-9a-f]{6}$/i.test(color) ? color : '#0f548c';
  const light = luminance(background);
  const onWhite = 1.05 / (light + 0.05);
  return { background, text: onWhite >= 4.5 ? '#ffffff' : '#1a1a1a' };
}

/** Whether a CSS colour as getComputedStyle gives it is rather light. */
export function isLight(color: string): boolean {
  const parts = color.match(/[\d.]+/g)?.slice(0, 3).map(Number);
  if (color.startsWith('#') || !parts || parts.length < 3) return color.startsWith('#') && luminance(color) > 0.4;
  return luminanceOf(parts) > 0.4;
}

function luminance(hex: string): number {
  return luminanceOf([1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)));
}

function luminanceOf(rgb: number[]): number {
  const [r = 0, g = 0, b = 0] = rgb.map((v) => {
    const c = v / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
