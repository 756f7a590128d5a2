package demo

import "net/http"

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

// warranty serves a card to fill in. What is written into it stays in the reader's browser.
func warranty(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/pdf")
	w.Header().Set("Content-Disposition", `inline; filename="warranty-card.pdf"`)
	_, _ = w.Write(warrantyPDF) // the browser went away
}

var warrantyPDF = makePDF([]pdfPage{{Title: "Warranty card", Subtitle: "Fill it in, save a copy and keep it with your invoice.", Fields: []pdfField{
	{Name: "name", Label: "Name"}, {Name: "iban", Label: "Account for refunds (IBAN)"}, {Name: "serial", Label: "Serial number"},
	{Name: "model", Label: "Model", Choices: []string{"Aurora Espresso", "Duna Grinder", "Brisa Kettle"}},
	{Name: "words", Label: "What is wrong with it?", Tall: true},
	{Name: "news", Label: "Remind me to descale the machine", Tick: true},
}}})
