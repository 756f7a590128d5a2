type Props = Record<string, string | number | boolean | ((e: Event) => void) | undefined>;
type Child = Node | string | undefined | false;

/** Makes an element: `on…` props are listeners, true is an empty attribute, false and undefined are none. */
export function h<K extends keyof HTMLElementTagNameMap>(name: K, props: Props = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const e = document.createElement(name);
  for (const [key, value] of Object.entries(props)) {
    if (typeof value === 'function') e.addEventListener(key.slice(2), value);
    else if (value !== undefined && value !== false) e.setAttribute(key, value === true ? '' : String(value));
  }
  e.append(...children.filter((c): c is Node | string => c !== undefined && c !== false));
  return e;
}

const icons = {
  lock: 'M7 9V6.500a5 5 0 0 1 10 0V9M5.500 9h13v11h-13zM12 13.500v2.500',
  eye: 'M2.500 12S6 5.500 12 5.500 21.500 12 21.500 12 18 18.500 12 18.500 2.500 12 2.500 12zM12 14.800a2.800 2.800 0 1 0 0-5.600 2.800 2.800 0 0 0 0 5.600z',
  eyeOff: 'M4 4l16 16M9.800 5.800A9 9 0 0 1 12 5.500c6 0 9.500 6.500 9.500 6.500a16 16 0 0 1-3 3.700M6.500 7.500A15.500 15.500 0 0 0 2.500 12S6 18.500 12 18.500a9 9 0 0 0 4-.9M10 10.200a2.800 2.800 0 0 0 3.900 3.900',
  back: 'M14.500 5.500L8 12l6.500 6.500',
  forward: 'M9.500 5.500L16 12l-6.500 6.500',
  reload: 'M19 12a7 7 0 1 1-2.100-5M19.500 3.500v4h-4',
  close: 'M6 6l12 12M18 6L6 18',
  globe: 'M12 3.500a8.500 8.500 0 1 0 0 17 8.500 8.500 0 0 0 0-17zM3.500 12h17M12 3.500c-6 5.500-6 11.500 0 17M12 3.500c6 5.500 6 11.500 0 17',
  add: 'M12 5v14M5 12h14',
  up: 'M12 19V5.500M6 11l6-6 6 6',
  check: 'M5 12.500l4.500 4.500L19 7.500',
  hand: 'M8 12V6a1.500 1.500 0 0 1 3 0v5M11 11V4.500a1.500 1.500 0 0 1 3 0V11M14 11V6a1.500 1.500 0 0 1 3 0v8a6 6 0 0 1-6 6c-3 0-4.500-1.500-6-4l-1.500-2.700a1.500 1.500 0 0 1 2.500-1.600L8 14',
  info: 'M12 3.500a8.500 8.500 0 1 0 0 17 8.500 8.500 0 0 0 0-17zM12 11v5.500M12 7.600v.1',
  sound: 'M4 9.500v5h3.500l5 4V5.500l-5 4zM16 9a4.500 4.500 0 0 1 0 6M18.500 6.500a8 8 0 0 1 0 11',
  soundOff: 'M4 9.500v5h3.500l5 4V5.500l-5 4zM16 9.500l5 5M21 9.500l-5 5',
  keyboard: 'M3.500 6.500h17v11h-17zM7 10h.01M10.300 10h.01M13.700 10h.01M17 10h.01M7 13.800h10',
} as const;

export function icon(name: keyof typeof icons): SVGSVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', icons[name]);
  svg.append(path);
  return svg;
}
