// The part of pdf.js that runs beside the page, with the files that it loads: nothing can be loaded where a PDF stands.
import './files';
import 'pdfjs-dist/build/pdf.worker.min.mjs';
