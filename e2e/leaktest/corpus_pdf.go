package leaktest

import (
	"fmt"
	"strings"
)

// pdfFile is a PDF of one page with this content stream. Helvetica is F1; X1 is a form of its own with the second stream.
func pdfFile(content string, form ...string) string {
	return pdfForm("/FT /Sig /T (none) /Rect [0 0 0 0]", content, form...)
}

// pdfForm is one with a field to fill in, too.
func pdfForm(field, content string, form ...string) string {
	objects := []string{
		"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [7 0 R] /DR << /Font << /F1 5 0 R >> >> >> >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 420] /Resources << /Font << /F1 5 0 R >> /XObject << /X1 6 0 R >> >> /Contents 4 0 R /Annots [7 0 R] >>",
		stream("", content),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
		stream("/Type /XObject /Subtype /Form /BBox [0 0 595 420] /Resources << /Font << /F1 5 0 R >> >>", strings.Join(form, "")),
		"<< /Type /Annot /Subtype /Widget /F 4 /DA (/F1 30 Tf 1 0 1 rg) " + field + " >>",
	}
	var b strings.Builder
	b.WriteString("%PDF-1.4\n")
	var offsets []int
	for i, o := range objects {
		offsets = append(offsets, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	table := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, at := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, table)
	return b.String()
}

func stream(head, content string) string {
	return fmt.Sprintf("<< %s /Length %d >>\nstream\n%s\nendstream", head, len(content), content)
}

// magenta writes texts in the secret's hue, each with the text operators before it.
func magenta(pieces ...string) string {
	return "1 0 1 rg BT /F1 40 Tf 20 300 Td " + strings.Join(pieces, " ") + " ET"
}

// glyphs writes each character for itself, last one first, so that the order in the file is not that on the page.
func glyphs(text string) string {
	var all []string
	for i := len(text) - 1; i >= 0; i-- {
		all = append(all, fmt.Sprintf("1 0 0 1 %d 300 Tm (%c) Tj", 20+26*i, text[i]))
	}
	return "1 0 1 rg BT /F1 40 Tf " + strings.Join(all, " ") + " ET"
}

// pdfShown waits until the picture of the page is painted.
const pdfShown = `new Promise((done) => { const look = () => {
	const at = frames[0].document.querySelector('.page')?.style.backgroundImage, picture = new Image();
	if (!at) return setTimeout(look, 20);
	picture.src = at.slice(5, -2);
	picture.decode().catch(() => {}).then(() => frames[0].requestAnimationFrame(() => frames[0].requestAnimationFrame(() => done(true))));
}; look(); })`

// inPDF shows the file in a frame. Beside what is secret it has something cyan.
func inPDF(name, content string, form ...string) maskCase {
	keep := "0 1 1 rg 20 370 200 40 re f "
	return maskCase{
		name: "pdf-" + name, html: `<iframe src=f.pdf width=640 height=400></iframe>`, do: script(pdfShown), ms: 500, keep: true,
		files: map[string]string{"f.pdf": pdfFile(keep+content, form...)},
	}
}

// inPDFField shows a file with such a field in a frame.
func inPDFField(name, field string) maskCase {
	c := inPDF("field-"+name, "")
	c.files["f.pdf"] = pdfForm(field+" /Rect [20 250 575 300]", "0 1 1 rg 20 370 200 40 re f")
	c.do = script(`(` + pdfShown + `).then(() => new Promise((done) => { const look = () => frames[0].document.querySelector('.surface')
		? frames[0].requestAnimationFrame(() => frames[0].requestAnimationFrame(() => done(true))) : setTimeout(look, 20); look() }))`)
	return c
}

// pdfCases: what the masks find in the text of a PDF is not in its picture.
var pdfCases = []maskCase{
	inPDF("card", magenta("("+card+") Tj")),
	inPDF("iban", magenta("(DE89 3704 0044 0532 0130 00) Tj")),
	inPDF("email", magenta("(ana@mail.example) Tj")),
	inPDF("pieces", magenta("(4111 ) Tj (11) Tj (11 11) Tj (11 1111) Tj")),
	inPDF("kerned", magenta("[(4) -20 (1) 30 (11) -250 (1111) -250 (1111) -250 (1111)] TJ")),
	inPDF("lines", magenta("(4111 1111) Tj 0 -50 Td (1111 1111) Tj")),
	inPDF("rotated", "1 0 1 rg BT /F1 30 Tf 0 1 -1 0 200 20 Tm ("+card+") Tj ET"),
	inPDF("upside-down", "1 0 1 rg BT /F1 30 Tf -1 0 0 -1 560 300 Tm ("+card+") Tj ET"),
	inPDF("narrow", "1 0 1 rg BT /F1 40 Tf 50 Tz 20 300 Td ("+card+") Tj ET"),
	inPDF("wide", "1 0 1 rg BT /F1 20 Tf 150 Tz 20 300 Td ("+card+") Tj ET"),
	inPDF("raised", "1 0 1 rg BT /F1 30 Tf 20 300 Td (4111) Tj 6 Ts ( 1111) Tj 0 Ts ( 1111) Tj -6 Ts ( 1111) Tj ET"),
	inPDF("outlined", "1 0 1 RG 2 w BT /F1 40 Tf 1 Tr 20 300 Td ("+card+") Tj ET"),
	inPDF("in-a-form", "/X1 Do", magenta("("+card+") Tj")),
	inPDF("scaled", "q 2 0 0 2 0 -300 cm 1 0 1 rg BT /F1 20 Tf 10 300 Td ("+card+") Tj ET Q"),
	inPDF("twice", magenta("("+card+") Tj 0 -60 Td ("+card+") Tj")),
	inPDF("backwards", glyphs("4111111111111111")),
	inPDFField("value", "/FT /Tx /T (note) /V ("+card+")"),
	inPDFField("lines", "/FT /Tx /Ff 4096 /T (note) /V (paid from DE89 3704 0044 0532 0130 00)"),
	inPDFField("name", "/FT /Tx /T (iban) /V (Saldo nada)"),
	inPDFField("choice", "/FT /Ch /Ff 131072 /T (card) /Opt [("+card+") (none)] /V ("+card+")"),
	inPDF("columns", magenta("(4111 1111) Tj 300 0 Td 0 1 1 rg (Total) Tj 1 0 1 rg -300 -50 Td (1111 1111) Tj 300 0 Td 0 1 1 rg (Sum) Tj")),
}
