// Other people's cursors over the shared page, labelled with their names.
import type { Cursor, Participant, Role } from './messages';

const arrow = 'M1.5 1.2 L1.5 15.4 L5.3 11.9 L7.8 17.6 L10.4 16.5 L7.9 10.9 L13 10.5 Z';

/** Nearer to the right edge than this, the label changes to the cursor's left. */
const labelRoom = 120;

export class Cursors {
  private readonly shown = new Map<string, { element: HTMLElement; last: Cursor }>();
  private tab = '';

  /** `layer` has the page's own coordinates. `roleName` labels people without a name: a caller is known by voice only. */
  constructor(private readonly layer: HTMLElement, private readonly roleName: (role: Role) => string) {}

  move(cursor: Cursor): void {
    const element = this.shown.get(cursor.who)?.element ?? this.add(cursor);
    this.shown.set(cursor.who, { element, last: cursor });
    element.style.transform = `translate(${cursor.x}px, ${cursor.y}px)`;
    element.classList.toggle('live-cursor-down', cursor.down);
    element.classList.toggle('live-cursor-left', cursor.x > this.layer.clientWidth - labelRoom);
    element.hidden = cursor.tab !== this.tab;
  }

  /** Cursors belong to a tab. */
  showTab(tab: string): void {
    this.tab = tab;
    for (const { element, last } of this.shown.values()) element.hidden = last.tab !== tab;
  }

  /** Who left takes their cursor along. */
  keep(participants: Participant[]): void {
    for (const [who, { element }] of this.shown) {
      if (participants.some((p) => p.id === who && p.here)) continue;
      element.remove();
      this.shown.delete(who);
    }
  }

  private add(cursor: Cursor): HTMLElement {
    const element = document.createElement('div');
    element.className = `live-cursor live-cursor-${cursor.role}`;
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    svg.setAttribute('viewBox', '0 0 18 20');
    const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
    path.setAttribute('d', arrow);
    svg.append(path);
    const label = document.createElement('span');
    label.textContent = cursor.name || this.roleName(cursor.role);
    element.append(svg, label);
    element.setAttribute('aria-hidden', 'true');
    this.layer.append(element);
    return element;
  }
}
