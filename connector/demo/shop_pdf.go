package demo

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
)

// manual serves the Aurora's manual: a real PDF, made by hand, as two people also read those together.
func manual(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/pdf")
	w.Header().Set("Content-Disposition", `inline; filename="aurora-manual.pdf"`)
	_, _ = w.Write(manualPDF) // the browser went away
}

var manualPDF = makePDF([]pdfPage{
	{Title: "Aurora Espresso", Subtitle: "Quick manual", Lines: []string{
		"1  What is in the box", "Machine, portafilter, baskets for one and two cups, measuring spoon, milk jug.", "",
		"2  Before the first cup", "Rinse the tank and fill it up to MAX. Press the round button: the light blinks while the machine",
		"warms up and stays on when it is ready, after about 35 seconds. Let two cups of water run through.", "",
		"3  Espresso", "Fill the basket with 9 g (one cup) or 16 g (two cups), tamp evenly and lock the portafilter from left",
		"to right. Press CUP. The machine stops by itself.",
	}},
	{Title: "Care", Subtitle: "Every day, every month", Lines: []string{
		"4  Every day", "Empty the tray. Wipe the steam wand with a damp cloth right after use.", "",
		"5  Descaling (the light blinks orange)", "Fill the tank with descaler and water, hold STEAM and CUP together for five seconds.",
		"The programme takes 12 minutes. Rinse with a full tank.", "",
		"6  If something does not work", "No water: is the tank seated? Is the filter clogged?", "Light blinks red: unplug for ten minutes, then call us. Have the serial number ready: it is under the tray,",
		"e.g. CL-AU-2026-004711. Warranty claims: casa-lume.example/claim.",
	}},
})

// invoice serves a past invoice: whom it is for, and what was paid from, is for the customer's eyes.
func invoice(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/pdf")
	w.Header().Set("Content-Disposition", `inline; filename="invoice-CL-20388.pdf"`)
	_, _ = w.Write(invoicePDF) // the browser went away
}

var invoicePDF = makePDF([]pdfPage{{Title: "Invoice CL-20388", Subtitle: "2 November 2026", Lines: []string{
	"1  Billed to", "Julia Santos", "julia.santos@mail.example", "+55 11 95555 0142", "",
	"2  Goods", "1 x Aurora Espresso                                  249.00 EUR", "2 x Coffee beans, 1 kg                                35.80 EUR", "",
	"3  Paid by direct debit from", "IBAN DE89 3704 0044 0532 0130 00", "and the rest by card 4111 1111 1111 1111", "",
	"Thank you for buying at Casa Lume.",
}}})

// pdfPage is one page of plain text. The standard Helvetica needs no embedding; text is Latin-1.
type pdfPage struct {
	Title, Subtitle string
	Lines           []string
}

// makePDF writes the smallest file that every reader opens: catalog, pages, two fonts, one content stream per page.
func makePDF(pages []pdfPage) []byte {
	var kids []string
	objects := []string{"<< /Type /Catalog /Pages 2 0 R >>", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold >>"}
	for i, p := range pages {
		content := p.stream(i+1, len(pages))
		at := len(objects) + 1
		kids = append(kids, fmt.Sprintf("%d 0 R", at))
		objects = append(objects,
			fmt.Sprintf("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> /Contents %d 0 R >>", at+1),
			fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(content), content))
	}
	objects[1] = fmt.Sprintf("<< /Type /Pages /Kids [%s] /Count %d >>", strings.Join(kids, " "), len(pages))

	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	offsets := make([]int, len(objects))
	for i, o := range objects {
		offsets[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	table := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, at := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, table)
	return b.Bytes()
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
	write("F1", 9, 56, 40, fmt.Sprintf("Casa Lume - page %d of %d", number, of))
	return b.String()
}

func pdfText(s string) string {
	return strings.NewReplacer(`\`, `\\`, "(", `\(`, ")", `\)`).Replace(s)
}
