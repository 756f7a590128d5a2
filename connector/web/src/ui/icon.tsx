// Line drawings on a 20 px grid.
const paths = {
  cobrowse: 'M3 4.5h14v8H3zM7 16h6M10 12.5V16M8.2 6.8l4.4 1.9-1.9.7-.7 1.9z',
  chat: 'M4 4h12v9H9l-3.5 3v-3H4z',
  phone: 'M6.2 3.5l2 .2 1 3-1.6 1.4a9 9 0 0 0 4.3 4.3l1.4-1.6 3 1 .2 2c.1 1.4-1 2.2-2.3 2.1A12.5 12.5 0 0 1 4.1 5.8C4 4.5 4.8 3.4 6.2 3.5z',
  check: 'M4.5 10.5l3.5 3.5 7.5-8',
  warning: 'M10 3.5l7 12.5H3zM10 8v4M10 14v.2',
  info: 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM10 9v4.5M10 6.4v.2',
  expand: 'M11.5 3.5h5v5M16.5 3.5l-6 6M8.5 16.5h-5v-5M3.5 16.5l6-6',
  shrink: 'M16.5 8.5h-5v-5M11.5 8.5l5.5-5.5M3.5 11.5h5v5M8.5 11.5L3 17',
  search: 'M9 3.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM13 13l4 4',
  back: 'M12.5 4l-6 6 6 6',
  forward: 'M7.5 4l6 6-6 6',
  reload: 'M15.5 6.5A6.5 6.5 0 1 0 16.5 10M16 3.5v3.2h-3.2',
  close: 'M5.5 5.5l9 9M14.5 5.5l-9 9',
  add: 'M10 4v12M4 10h12',
  lock: 'M5 9h10v7.5H5zM7 9V6.5a3 3 0 0 1 6 0V9',
  pause: 'M7.5 4.5v11M12.5 4.5v11',
  play: 'M6.5 4l9.5 6-9.5 6z',
  eyeOff: 'M3.5 3.5l13 13M8 5.2c5-1.2 8 2.8 9 4.8-.4.9-1.1 2-2.2 3M12 14.6c-5 1.5-8.2-2.6-9-4.6.4-1 1.3-2.3 2.6-3.3M8.3 8.4a2.3 2.3 0 0 0 3.2 3.2',
  edit: 'M4 16l.8-3.4L13.5 4a1.6 1.6 0 0 1 2.4 2.4l-8.600 8.700zM12 5.500l2.400 2.400',
  sound: 'M3.5 8v4h2.800l4.200 3.300V4.700L6.300 8zM13.200 7.500a3.700 3.700 0 0 1 0 5M15.300 5.500a6.600 6.600 0 0 1 0 9',
  soundOff: 'M3.5 8v4h2.800l4.200 3.300V4.700L6.300 8zM13.300 8l4 4M17.300 8l-4 4',
  keyboard: 'M3 5.5h14v9H3zM6 8.5h.2M9 8.5h.2M12 8.5h.2M14 8.5h.2M7 11.8h6',
  cursor: 'M5 3.5l10.5 6-4.6 1.3-2.3 4.4z',
  person: 'M10 3.5a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM4 16.5c.5-3.5 3-5 6-5s5.5 1.5 6 5',
  flag: 'M5 17V3.5h9l-2 3.5 2 3.5H5',
  device: 'M6 2.5h8v15H6zM9 15.2h2',
  globe: 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM3 10h14M10 3c-5 4.5-5 9.5 0 14M10 3c5 4.5 5 9.5 0 14',
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" width="20" height="20" fill="none" stroke="currentColor" stroke-width="1.5"
      stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d={paths[name]} /></svg>
  );
}
