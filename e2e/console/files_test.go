package console

import (
	"testing"

	"cobrowse-connector/e2e/people"
)

// TestAPageAsksTheEditorForAFile: whoever tries a form out can answer, while they point, too, and what was chosen reaches the page.
func TestAPageAsksTheEditorForAFile(t *testing.T) {
	w := start(t)
	oracle := people.New(t, "oracle", people.Screen{Width: 1024, Height: 1500})
	oracle.Open(w.Shop + "/claim")
	field := oracle.Place("#receipt")

	marta := people.New(t, "marta", desk)
	marta.Open(w.link())
	marta.Hears("What is hidden")
	w.editor(marta, "/claim")
	ask := func() {
		marta.Click("#mode-browse")
		pointAt(marta, field)
		marta.Reads("#customer-side .upload", "The page asks for a file")
		marta.Click("#mode-point")
		marta.See("#glass")
	}
	ask()
	marta.Shot("editor-file")
	marta.Accessible()
	marta.Fit(people.Phone)
	marta.Shot("editor-file-phone")
	marta.Fit(desk)
	marta.Press("No file")
	marta.Gone(".upload")
	ask()
	marta.Chooses(".upload input", "receipt of Julia.pdf", "RECEIPT")
	marta.Gone(".upload")
	marta.Until("its name in the field", "[...document.querySelectorAll('#customer-side *')].some(e => e.textContent === 'receipt of Julia.pdf')")
}
