// What people act on in a page: fields that can be filled in, and links. They are elements as on any page, so the masks and the guard
// know what they are. Comments, signatures and buttons that run scripts are left out.
import { AnnotationLayer, type PageViewport, type PDFDocumentProxy, type PDFPageProxy } from 'pdfjs-dist';
import type { Surface } from './sheet';

/** More than people fill in on a page are an attack on memory; such a page is not shown. */
const mostParts = 5000;

/** A part of a page as pdf.js tells of it. */
interface Part { id: string; subtype: string; fieldType?: string; checkBox?: boolean; radioButton?: boolean; fieldName?: string; alternativeText?: string; url?: string; dest?: unknown }

export type GoTo = (dest: string | unknown[]) => void;

function isShown(part: Part): boolean {
  if (part.subtype === 'Link') return !!part.dest || /^https?:/i.test(part.url ?? '');
  return part.subtype === 'Widget' && (part.fieldType === 'Tx' || part.fieldType === 'Ch' || !!part.checkBox || !!part.radioButton);
}

export async function surfaceOf(pdf: PDFDocumentProxy, page: PDFPageProxy, viewport: PageViewport, goTo: GoTo): Promise<Surface> {
  const parts = ((await page.getAnnotations({ intent: 'display' })) as Part[]).filter(isShown);
  if (parts.length > mostParts) throw new Error('too many fields');
  const div = document.createElement('div');
  div.className = 'surface';
  const annotationStorage = pdf.annotationStorage;
  const fit = (viewport: PageViewport) => {
    div.style.setProperty('--total-scale-factor', String(viewport.scale));
    div.dataset.mainRotation = String(viewport.rotation);
  };
  const linkService = {
    eventBus: undefined, externalLinkEnabled: true, goToDestination: goTo, getDestinationHash: () => '#', getAnchorUrl: () => '#',
    addLinkAttributes: (a: HTMLAnchorElement, url: string) => Object.assign(a, { href: url, target: '_blank', rel: 'noopener noreferrer' }),
  };
  const base = { div, page, viewport: viewport.clone({ dontFlip: true }), annotationStorage, linkService };
  const layer = new AnnotationLayer(base as unknown as ConstructorParameters<typeof AnnotationLayer>[0]);
  await layer.render({ ...base, annotations: parts, renderForms: true } as unknown as Parameters<typeof layer.render>[0]);
  fit(viewport);
  for (const part of parts) nameField(div, part);
  return { layer: div, fit };
}

/** People with a screen reader, and the guard, learn what a field is for. */
function nameField(div: HTMLElement, part: Part): void {
  const field = part.subtype === 'Widget' && div.querySelector(`[data-element-id="${CSS.escape(part.id)}"]`);
  if (field) field.setAttribute('aria-label', part.alternativeText || part.fieldName || '');
}

interface Kept { pdf: string; values: [string, object][] }

/**
 * What people fill in lives as long as the tab: it is kept with the tab's history, so that it is there after a look at another page.
 * It is the file's own site that it stays with, as on any page of it.
 */
export function keepFilled(pdf: PDFDocumentProxy, where: HTMLElement): void {
  const name = pdf.fingerprints.join(' ');
  const kept = history.state as Kept | null;
  if (kept?.pdf === name) for (const [id, value] of kept.values) pdf.annotationStorage.setValue(id, value);
  where.addEventListener('change', () => {
    const { map } = pdf.annotationStorage.serializable;
    history.replaceState({ pdf: name, values: [...(map ?? [])] } satisfies Kept, '');
  });
}
