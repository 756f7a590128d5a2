// Line drawings on a 20 px grid.
const paths = {
  waffle: 'M4 4h2v2H4zM9 4h2v2H9zM14 4h2v2h-2zM4 9h2v2H4zM9 9h2v2H9zM14 9h2v2h-2zM4 14h2v2H4zM9 14h2v2H9zM14 14h2v2h-2z',
  close: 'M5 5l10 10M15 5L5 15',
  cobrowse: 'M3 4.5h14v8H3zM7 16h6M10 12.5V16M8.2 6.8l4.4 1.9-1.9.7-.7 1.9z',
  chat: 'M4 4h12v9H9l-3.5 3v-3H4z',
  phone: 'M6.2 3.5l2 .2 1 3-1.6 1.4a9 9 0 0 0 4.3 4.3l1.4-1.6 3 1 .2 2c.1 1.4-1 2.2-2.3 2.1A12.5 12.5 0 0 1 4.1 5.8C4 4.5 4.8 3.4 6.2 3.5z',
  book: 'M4 4.5c2-.8 4-.8 6 .5v11c-2-1.3-4-1.3-6-.5zM16 4.5c-2-.8-4-.8-6 .5v11c2-1.3 4-1.3 6-.5z',
  list: 'M7.5 5h9M7.5 10h9M7.5 15h9M3.5 5h.8M3.5 10h.8M3.5 15h.8',
  send: 'M3.5 3.5l13.5 6.5-13.5 6.5 2-6.5zM5.5 10h6',
  mic: 'M8 4.5a2 2 0 0 1 4 0v5a2 2 0 0 1-4 0zM5 9.5a5 5 0 0 0 10 0M10 14.5V17',
  pause: 'M7 4.5v11M13 4.5v11',
  keypad: 'M5.5 5h.6M9.7 5h.6M13.9 5h.6M5.5 10h.6M9.7 10h.6M13.9 10h.6M5.5 15h.6M9.7 15h.6M13.9 15h.6',
  note: 'M5 3.5h7l3 3v10H5zM7.5 9h5M7.5 12h5',
  screen: 'M3 4.5h14v9H3zM7 16.5h6',
  file: 'M5.5 3h6l3.5 3.5V17h-9.5zM11 3v4h4',
  download: 'M10 3.5v9M6.5 9.5l3.5 3.5 3.5-3.5M4 16.5h12',
  play: 'M6.5 4l9.5 6-9.5 6z',
  filter: 'M3.5 5.5h13M6 10h8M8.5 14.5h3',
  down: 'M10 4v11.5M5.5 11l4.5 4.5 4.5-4.5',
  up: 'M10 16V4.5M5.5 9L10 4.5 14.5 9',
  fold: 'M5 8l5-4.5 5 4.5M5 16l5-4.5 5 4.5',
  unfold: 'M5 4l5 4.5 5-4.5M5 12l5 4.5 5-4.5',
  task: 'M4 4h12v12H4zM7 10l2 2 4-4.5',
} as const;

export type GlyphName = keyof typeof paths;

export function Glyph({ name }: { name: GlyphName }) {
  return (
    <svg class="glyph" viewBox="0 0 20 20" width="20" height="20" fill="none" stroke="currentColor" stroke-width="1.4"
      stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d={paths[name]} /></svg>
  );
}
