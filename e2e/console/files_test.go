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

// lateDrawing is a window that is slow to paint: what waits for that happens two seconds later.
const lateDrawing = `{ const later = setTimeout;
	window.setTimeout = (f, ms, ...more) => later(f, ms > 0 && ms < 100 ? 2000 : ms, ...more);
	window.requestAnimationFrame = (f) => later(() => f(performance.now()), 2000) }`

// TestTheEditorsPageFillsItsRoom also where it is drawn after the service has answered.
func TestTheEditorsPageFillsItsRoom(t *testing.T) {
	w := start(t)
	p := people.New(t, "marta", people.Screen{Width: 1600, Height: 860}) // in a higher one the page has its greatest height
	p.BeforeEveryPage(lateDrawing)
	p.Open(w.link())
	p.Hears("What is hidden")
	w.editor(p, "/claim")
	p.Until("the page is as high as its room", `(() => { const room = document.querySelector('#customer-side .ed-stage'), page = document.querySelector('#customer-side .live-stage');
		return Math.abs(page.offsetHeight / page.offsetWidth - room.clientHeight / room.clientWidth) < 0.02 })()`)
}
