package pdf

import (
	"bytes"
	"fmt"
	"strings"
)

// file is a PDF in the making. Its objects count from 1, which is the catalogue; 2 are the pages, 3 is Helvetica.
type file struct {
	objects []string
	kids    []string
	catalog string // further entries
	trailer string
	seal    func(number int, stream string) string // how streams are encrypted
}

func newFile() *file {
	return &file{objects: []string{"", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"}}
}

// add returns the reference of a new object.
func (f *file) add(format string, args ...any) string {
	f.objects = append(f.objects, fmt.Sprintf(format, args...))
	return fmt.Sprintf("%d 0 R", len(f.objects))
}

func (f *file) stream(head, content string) string {
	if f.seal != nil {
		content = f.seal(len(f.objects)+1, content)
	}
	return f.add("<< %s /Length %d >>\nstream\n%s\nendstream", head, len(content), content)
}

// page adds one of 595 x 420 points with this content. Helvetica is F1; more are further entries of the page.
func (f *file) page(content, resources, more string) string {
	text := f.stream("", content)
	page := f.add("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 420] /Resources << /Font << /F1 3 0 R >> %s >> /Contents %s %s >>", resources, text, more)
	f.kids = append(f.kids, page)
	return page
}

func (f *file) bytes() []byte {
	f.objects[0] = "<< /Type /Catalog /Pages 2 0 R " + f.catalog + " >>"
	f.objects[1] = fmt.Sprintf("<< /Type /Pages /Kids [%s] /Count %d >>", strings.Join(f.kids, " "), len(f.kids))
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	offsets := make([]int, len(f.objects))
	for i, o := range f.objects {
		offsets[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	table := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(f.objects)+1)
	for _, at := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n", len(f.objects)+1, f.trailer, table)
	return b.Bytes()
}

// lines writes texts below each other.
func lines(texts ...string) string {
	return "BT /F1 20 Tf 24 TL 40 380 Td (" + strings.Join(texts, ") Tj T* (") + ") Tj ET"
}

func textFile(pages ...string) []byte {
	f := newFile()
	for _, p := range pages {
		f.page(lines(p), "", "")
	}
	return f.bytes()
}

// form is one page with fields of every kind.
func form() []byte {
	f := newFile()
	const help = "/DA (/F1 14 Tf 0 g) /Type /Annot /Subtype /Widget /F 4"
	fields := []string{
		f.add("<< %s /FT /Tx /T (street) /TU (Street) /V (Rua Um) /Rect [40 330 300 355] >>", help),
		f.add("<< %s /FT /Tx /T (payment) /V (DE89 3704 0044 0532 0130 00) /Rect [40 290 400 315] >>", help),
		f.add("<< %s /FT /Tx /T (notes) /Ff 4096 /Rect [40 220 300 280] >>", help),
		f.add("<< %s /FT /Btn /T (terms) /V /Off /AS /Off /AP << /N << /Yes %s /Off %s >> >> /Rect [40 190 60 210] >>", help, appearance(f), appearance(f)),
		f.add("<< %s /FT /Ch /T (colour) /Ff 131072 /Opt [(red) (blue)] /V (red) /Rect [40 150 200 175] >>", help),
		f.add("<< %s /FT /Tx /T (secret) /Ff 8192 /Rect [40 110 200 135] >>", help),
	}
	all := strings.Join(fields, " ")
	f.catalog = "/AcroForm << /Fields [" + all + "] /DR << /Font << /F1 3 0 R >> >> /DA (/F1 14 Tf 0 g) >>"
	f.page(lines("Form"), "", "/Annots ["+all+"]")
	return f.bytes()
}

func appearance(f *file) string {
	return f.stream("/Type /XObject /Subtype /Form /BBox [0 0 20 20]", "")
}
