// The private layer: masked values, drawn over the picture where the page would show them. Only the customer receives them, and they
// are part of no picture. The page itself is clear in these places.
import type { InputEvent, LayerItem, Rect } from '../live';
import { Motion } from '../live/motion';
import type { Translate } from '../i18n';
import { h, icon } from '../ui/dom';
import { Echo, isSecret } from './echo';
import { drawItem, followCaret, redrawPicture, type DrawOptions } from './layeritem';
import { mayShow } from './locks';
import { LockView, type LockEvents } from './lockview';
import { Stillness } from './still';

const captionHeight = 26;
/** Who entered a field has read it by then, and wants to see what stands above. */
const captionStays = 4_000;

interface LayerEvents extends LockEvents {
  /** How large the page stands on the screen. */
  scale: () => number;
}

export class PrivateLayer {
  private readonly shown = new Map<string, { element: HTMLElement; look: string }>();
  private items: LayerItem[] = [];
  private readonly caption: HTMLElement;
  private readonly locks: LockView;
  private readonly motion = new Motion();
  /** The canvas of the page and its size, once a picture was drawn. */
  private page: { picture: HTMLCanvasElement; size: { width: number; height: number } } | undefined;
  private readonly still = new Stillness();
  private looking: ReturnType<typeof setTimeout> | undefined;
  private echo: Echo | undefined;
  private expiring: ReturnType<typeof setTimeout> | undefined;
  private composing = '';
  private editable = true;
  /** The focused masked field. */
  private focused = '';
  /** What the caption explains because it got the focus, for a while. */
  private captioned = '';
  private captionEnds: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly overlay: HTMLElement, room: HTMLElement, private readonly t: Translate, private readonly events: LayerEvents) {
    this.caption = h('div', { class: 'private-caption', hidden: true, 'aria-hidden': true }, icon('lock'), t('live.private'));
    overlay.append(this.caption);
    this.locks = new LockView(overlay, room, t, events);
  }

  close(): void {
    clearTimeout(this.looking);
    clearTimeout(this.expiring);
    clearTimeout(this.captionEnds);
    this.locks.destroy();
  }

  show(items: LayerItem[]): void {
    const now = performance.now();
    // What lies over a page at rest moves with its next picture: that one is compared with the one that stands there.
    if (this.items.length === 0 && items.length > 0 && this.page) this.motion.look(this.page.picture, this.page.size);
    this.notice(items, now);
    this.items = items;
    this.follow(items.find((i) => i.focused && i.kind === 'field'));
    const gone = new Set(this.shown.keys());
    for (const item of items) {
      gone.delete(item.id);
      this.draw(item);
    }
    for (const id of gone) this.remove(id);
    this.arrange();
    this.hideMoving();
    this.explainFocused();
  }

  /** The page's place on the screen changed, or who may do what. */
  arrange(): void {
    this.locks.show(this.items, this.events.scale());
  }

  /** The page has another document or another size: nothing of before has a place in it. */
  clear(): void { this.show([]); }

  /** A picture was drawn: what it moved away from under the layer is hidden until the layer follows. */
  drawn(picture: HTMLCanvasElement, page: { width: number; height: number }): void {
    this.page = { picture, size: page };
    if (this.items.length === 0) return;
    this.motion.look(picture, page);
    const now = performance.now();
    const moved = this.items.filter((i) => this.motion.moved(i.clip, page.width));
    for (const { id } of moved) this.still.pictureMoved(id, now);
    if (moved.length > 0) this.hideMoving();
  }

  /** What was sent to the page: the focused masked field shows it at once. */
  typed(ev: InputEvent): void {
    if (ev.kind === 'move' || ev.kind === 'wheel' || ev.kind === 'keyup' || !this.echo || !this.editable) return;
    if (this.echo.typed(ev, performance.now())) this.redraw();
    clearTimeout(this.expiring);
    if (this.echo.guessing) this.expiring = setTimeout(() => this.expire(), 1_000);
  }

  /** What an input method is composing. */
  compose(text: string): void {
    const item = this.items.find((i) => i.id === this.focused);
    this.composing = item && isSecret(item, this.echo?.now.text ?? item.text) ? '•'.repeat(text.length) : text;
    this.redraw();
  }

  /** Whether the focused field takes text. */
  setEditable(editable: boolean): void {
    if (this.editable === editable) return;
    this.editable = editable;
    this.redraw();
  }

  /** The service would not show what it was asked to. */
  revealRefused(): void {
    this.locks.refused();
    for (const item of this.items.filter((i) => i.unread)) {
      this.shown.get(item.id)?.element.querySelector('button')?.removeAttribute('disabled');
    }
  }

  /** Explains what the pointer is over; coordinates of the page. */
  hover({ x, y }: { x: number; y: number }): void {
    const item = this.items.find((i) => !i.shown && within(i.clip, x, y));
    if (item || !this.captionEnds) this.explain(item);
  }

  private follow(item: LayerItem | undefined): void {
    if (item && this.echo && item.id === this.focused) {
      this.echo.correct(item);
      return;
    }
    this.focused = item?.id ?? '';
    this.composing = '';
    this.echo = item && new Echo(item);
  }

  private expire(): void {
    if (this.echo?.expire(performance.now())) this.redraw();
    else if (this.echo?.guessing) this.expiring = setTimeout(() => this.expire(), 300);
  }

  private redraw(): void {
    const item = this.items.find((i) => i.id === this.focused);
    if (item) this.draw(item);
  }

  private draw(item: LayerItem): void {
    const options: DrawOptions = { editable: this.editable && item.kind === 'field', unread: this.t('lock.unread') };
    if (item.id === this.focused && this.editable && this.echo) Object.assign(options, { typed: this.echo.now, composing: this.composing });
    const reveals = item.unread && !item.shown && this.events.mayReveal() && mayShow(item);
    if (reveals) options.reveal = { label: this.t('lock.reveal'), run: () => this.events.reveal(item.id, true) };
    const look = JSON.stringify([item, options]);
    const before = this.shown.get(item.id);
    if (before?.look === look) return;
    const kept = before && redrawPicture(before.element, item) ? before.element : undefined;
    const element = kept ?? drawItem(item, options);
    if (before && !kept) before.element.replaceWith(element);
    else if (!before) this.overlay.insertBefore(element, this.caption);
    if (item.focused) followCaret(element);
    this.shown.set(item.id, { element, look });
    element.classList.toggle('private-moving', this.still.hides(item.id, performance.now()));
  }

  private remove(id: string): void {
    this.shown.get(id)?.element.remove();
    this.shown.delete(id);
    this.still.forget(id);
  }

  /** What has another place than before is hidden until the picture is there too; so is what came up in the same movement. */
  private notice(items: LayerItem[], now: number): void {
    const before = new Map(this.items.map((i) => [i.id, i.rect]));
    const moved = items.filter((i) => {
      const old = before.get(i.id);
      return old !== undefined && (Math.abs(old.x - i.rect.x) > 1 || Math.abs(old.y - i.rect.y) > 1);
    });
    for (const { id } of moved) this.still.layerMoved(id, now);
    if (moved.length > 0) for (const { id } of items) if (!before.has(id)) this.still.layerMoved(id, now);
  }

  private hideMoving(): void {
    clearTimeout(this.looking);
    const now = performance.now();
    const moving = new Set(this.items.map((i) => i.id).filter((id) => this.still.hides(id, now)));
    for (const [id, { element }] of this.shown) element.classList.toggle('private-moving', moving.has(id));
    this.locks.hide((id) => moving.has(id));
    if (moving.size > 0) this.caption.hidden = true;
    if (moving.size > 0) this.looking = setTimeout(() => this.hideMoving(), 20);
  }

  private explainFocused(): void {
    const item = this.items.find((i) => i.focused && !i.shown);
    if (item?.id !== this.captioned) {
      clearTimeout(this.captionEnds);
      this.captioned = item?.id ?? '';
      this.captionEnds = item && setTimeout(() => {
        this.captionEnds = undefined;
        this.explain(undefined);
      }, captionStays);
      this.explain(item);
    } else if (this.captionEnds) this.explain(item);
  }

  private explain(item: LayerItem | undefined): void {
    this.caption.hidden = !item;
    if (!item) return;
    // Above the right end: labels stand on the left, the next field below.
    const { x, y, w, h: height } = item.clip;
    const above = y >= captionHeight + 4;
    this.caption.style.transform = `translate(${x + w}px, ${above ? y - captionHeight - 3 : y + height + 3}px) translateX(-100%)`;
  }
}

function within(r: Rect, x: number, y: number): boolean {
  return x >= r.x && y >= r.y && x < r.x + r.w && y < r.y + r.h;
}
