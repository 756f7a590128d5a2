// The customer's own copy of the document, with what was filled in. The guard lets nobody else press for it.
import type { PDFDocumentProxy } from 'pdfjs-dist';

export function offerCopy(pdf: PDFDocumentProxy, link: HTMLAnchorElement): void {
  link.href = '#';
  link.onclick = (e) => {
    e.preventDefault();
    void hand(pdf);
  };
}

async function hand(pdf: PDFDocumentProxy): Promise<void> {
  const bytes = pdf.annotationStorage.size > 0 ? await pdf.saveDocument() : await pdf.getData();
  const copy = document.createElement('a');
  copy.download = /\.pdf$/i.test(document.title) ? document.title : `${document.title}.pdf`;
  copy.href = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>], { type: 'application/pdf' }));
  copy.click();
  setTimeout(() => URL.revokeObjectURL(copy.href), 60_000); // it is read meanwhile
}
