package demo

import (
	"bytes"
	"fmt"
	"strings"
)

// pdfPage is one page of plain text, with fields below it. The standard Helvetica needs no embedding; text is Latin-1.
type pdfPage struct {
	Title, Subtitle string
	Lines           []string
	Fields          []pdfField
}

// pdfField is one field to fill in: a line of text, or several, a choice, a box to tick.
type pdfField struct {
	Name, Label string
	Choices     []string
	Tall, Tick  bool
}

// pdfFile is one in the making. Its objects count from 1: the catalogue, the pages, two fonts.
type pdfFile struct {
	objects []string
	fields  []string
}

// add returns the reference of a new object.
func (f *pdfFile) add(format string, args ...any) string {
	f.objects = append(f.objects, fmt.Sprintf(format, args...))
	return fmt.Sprintf("%d 0 R", len(f.objects))
}

// makePDF writes a file that every reader opens: pages, fields, and a table of contents with the pages' titles.
func makePDF(pages []pdfPage) []byte {
	f := &pdfFile{objects: []string{"", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold >>"}}
	var kids []string
	for i, p := range pages {
		content := p.stream(i+1, len(pages))
		stream := f.add("<< /Length %d >>\nstream\n%s\nendstream", len(content), content)
		kids = append(kids, f.add("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> /Contents %s /Annots [%s] >>",
			stream, strings.Join(f.addFields(p), " ")))
	}
	f.objects[0] = "<< /Type /Catalog /Pages 2 0 R /Outlines " + f.addContents(pages, kids)
	if len(f.fields) > 0 {
		f.objects[0] += " /AcroForm << /Fields [" + strings.Join(f.fields, " ") + "] /DR << /Font << /F1 3 0 R >> >> /DA (/F1 12 Tf 0 g) >>"
	}
	f.objects[0] += " >>"
	f.objects[1] = fmt.Sprintf("<< /Type /Pages /Kids [%s] /Count %d >>", strings.Join(kids, " "), len(pages))
	return f.bytes()
}

func (f *pdfFile) bytes() []byte {
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
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(f.objects)+1, table)
	return b.Bytes()
}

// addContents returns the reference of the table of contents.
func (f *pdfFile) addContents(pages []pdfPage, kids []string) string {
	first := len(f.objects) + 2 // behind the list itself
	list := f.add("<< /Type /Outlines /First %d 0 R /Last %d 0 R /Count %d >>", first, first+len(pages)-1, len(pages))
	for i, p := range pages {
		around := ""
		if i > 0 {
			around += fmt.Sprintf(" /Prev %d 0 R", first+i-1)
		}
		if i < len(pages)-1 {
			around += fmt.Sprintf(" /Next %d 0 R", first+i+1)
		}
		f.add("<< /Title (%s) /Parent %s /Dest [%s /Fit]%s >>", pdfText(p.Title), list, kids[i], around)
	}
	return list
}

// addFields returns the references of a page's fields.
func (f *pdfFile) addFields(p pdfPage) []string {
	var added []string
	for i, field := range p.Fields {
		_, y := p.fieldPlace(i)
		kind, rect := "/FT /Tx", fmt.Sprintf("%d %d %d %d", 56, y, 420, y+24)
		switch {
		case field.Tick:
			empty := f.add("<< /Type /XObject /Subtype /Form /BBox [0 0 18 18] /Length 0 >>\nstream\n\nendstream")
			kind = fmt.Sprintf("/FT /Btn /V /Off /AS /Off /AP << /N << /Yes %s /Off %s >> >>", empty, empty)
			rect = fmt.Sprintf("%d %d %d %d", 56, y, 74, y+18)
		case len(field.Choices) > 0:
			kind = "/FT /Ch /Ff 131072 /Opt [(" + strings.Join(field.Choices, ") (") + ")] /V (" + field.Choices[0] + ")"
		case field.Tall:
			kind, rect = "/FT /Tx /Ff 4096", fmt.Sprintf("%d %d %d %d", 56, y-56, 420, y+24)
		}
		added = append(added, f.add("<< /Type /Annot /Subtype /Widget /F 4 /DA (/F1 12 Tf 0 g) %s /T (%s) /TU (%s) /Rect [%s] >>", kind, field.Name, pdfText(field.Label), rect))
	}
	f.fields = append(f.fields, added...)
	return added
}

// fieldPlace is where a field's label stands, and the lower edge of the field's first line.
func (p pdfPage) fieldPlace(at int) (label, field int) {
	y := 640 - 19*len(p.Lines)
	for _, before := range p.Fields[:at] {
		y -= 56
		if before.Tall {
			y -= 56
		}
	}
	return y, y - 30
}

func (p pdfPage) stream(number, of int) string {
	var b strings.Builder
	b.WriteString("0.66 0.26 0.12 rg 0 782 595 60 re f\n1 1 1 rg\n")
	write := func(font string, size, x, y int, text string) {
		fmt.Fprintf(&b, "BT /%s %d Tf %d %d Td (%s) Tj ET\n", font, size, x, y, pdfText(text))
	}
	write("F2", 20, 56, 805, "Casa Lume")
	b.WriteString("0.16 0.13 0.11 rg\n")
	write("F2", 26, 56, 722, p.Title)
	write("F1", 14, 56, 698, p.Subtitle)
	y := 654
	for _, l := range p.Lines {
		font, size := "F1", 11
		if len(l) > 1 && l[0] >= '1' && l[0] <= '9' && l[1] == ' ' {
			font, size = "F2", 13
		}
		write(font, size, 56, y, l)
		y -= 19
	}
	for i, f := range p.Fields {
		label, field := p.fieldPlace(i)
		if f.Tick {
			write("F1", 11, 82, field+5, f.Label)
		} else {
			write("F1", 11, 56, label, f.Label)
		}
	}
	write("F1", 9, 56, 40, fmt.Sprintf("Casa Lume - page %d of %d", number, of))
	return b.String()
}

func pdfText(s string) string {
	return strings.NewReplacer(`\`, `\\`, "(", `\(`, ")", `\)`).Replace(s)
}
