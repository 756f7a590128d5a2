/** Keeps an element within what an on-screen keyboard leaves of the window: not every browser makes the window smaller for it. */
export function keepVisible(element: HTMLElement): () => void {
  const view = visualViewport;
  if (!view) return () => undefined;
  const fit = () => {
    const covered = view.scale === 1 && view.height < innerHeight - 1;
    element.style.bottom = covered ? 'auto' : '';
    element.style.height = covered ? `${view.height}px` : '';
    element.style.top = covered ? `${view.offsetTop}px` : '';
  };
  view.addEventListener('resize', fit);
  view.addEventListener('scroll', fit);
  return () => {
    view.removeEventListener('resize', fit);
    view.removeEventListener('scroll', fit);
  };
}
