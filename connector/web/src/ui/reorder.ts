// Moves the items of a list by dragging them, or with Ctrl+Shift and an arrow.

interface Box { start: number; end: number }

/** Where an item comes to stand that is dropped at `at`: boxes are those of the items along the list, in their order. */
export function placeFor(from: number, boxes: readonly Box[], at: number): number {
  const gap = boxes.filter((b) => (b.start + b.end) / 2 < at).length;
  return gap > from ? gap - 1 : gap;
}

const slop = 6;

/**
 * Items are what carries data-tab; fingers drag those parts of them only that match `handle`, as the rest of the list scrolls with them.
 * The list may be filled anew at any time.
 */
export function reorderable(list: HTMLElement, handle: string, move: (id: string, to: number) => void): void {
  let held: { id: string; x: number; y: number; dragging: boolean } | undefined;
  const items = () => [...list.querySelectorAll<HTMLElement>('[data-tab]')];
  const itemOf = (e: Event) => (e.target instanceof Element ? e.target.closest<HTMLElement>('[data-tab]') : null);
  const place = (e: PointerEvent): { from: number; to: number } => {
    const all = items();
    const boxes = all.map((i) => i.getBoundingClientRect());
    const upright = boxes.length > 1 && (boxes[1] as DOMRect).top >= (boxes[0] as DOMRect).bottom;
    const from = all.findIndex((i) => i.dataset['tab'] === held?.id);
    return { from, to: placeFor(from, boxes.map((b) => (upright ? { start: b.top, end: b.bottom } : { start: b.left, end: b.right })), upright ? e.clientY : e.clientX) };
  };
  const mark = (from = -1, to = -1) => items().forEach((item, i) => {
    item.classList.toggle('dragged', i === from);
    item.classList.toggle('drop-before', i === to && to < from);
    item.classList.toggle('drop-after', i === to && to > from);
  });
  const drop = () => {
    held = undefined;
    mark();
  };
  list.addEventListener('pointerdown', (e) => {
    const item = itemOf(e);
    if (!item || e.button !== 0 || (e.pointerType === 'touch' && !(e.target as Element).closest(handle))) return;
    held = { id: item.dataset['tab'] ?? '', x: e.clientX, y: e.clientY, dragging: false };
  });
  list.addEventListener('pointermove', (e) => {
    if (!held || (!held.dragging && Math.hypot(e.clientX - held.x, e.clientY - held.y) < slop)) return;
    if (!held.dragging) list.setPointerCapture(e.pointerId);
    held.dragging = true;
    const { from, to } = place(e);
    mark(from, to);
  });
  list.addEventListener('pointerup', (e) => {
    if (held?.dragging) {
      const { from, to } = place(e);
      if (from >= 0 && to !== from) move(held.id, to);
      addEventListener('click', swallow, { capture: true, once: true }); // the end of a drag presses nothing
      setTimeout(() => removeEventListener('click', swallow, { capture: true }));
    }
    drop();
  });
  list.addEventListener('pointercancel', drop);
  list.addEventListener('keydown', (e) => {
    const item = itemOf(e);
    const by = e.ctrlKey && e.shiftKey && { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[e.key];
    if (!item || !by) return;
    e.preventDefault();
    const all = items();
    const to = all.indexOf(item) + by;
    if (to >= 0 && to < all.length) move(item.dataset['tab'] ?? '', to);
  });
}

function swallow(e: Event): void {
  e.preventDefault();
  e.stopPropagation();
}
