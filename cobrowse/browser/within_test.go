package browser

import (
	"slices"
	"testing"

	"cobrowse-connector/cobrowse"
)

// TestHiddenFramesAreGivenBack: what a hidden frame holds, of its own site or another, and in frames of its own, is in the customer's
// layer in its place; when the frame is shown again, it is not.
func TestHiddenFramesAreGivenBack(t *testing.T) {
	inner := site(t, map[string]string{"/": `<p style="margin:0">deepest</p>`})
	pay := site(t, map[string]string{"/": `<body style="margin:0"><p style="margin:0">inside</p><input value="4 pieces"><iframe src="` + inner.URL + `"></iframe>`})
	s := site(t, map[string]string{
		"/":      `<body style="margin:0"><div id=d class=person style="padding:50px 0 0"><iframe src="` + otherHost(pay.URL) + `" style="border:0"></iframe></div><iframe class=person src="/plain"></iframe><p style="position:fixed;inset:0 0 auto;margin:0" onclick="d.className=''">show`,
		"/plain": `<p>plain</p>`,
	})
	r := launch(t, Spec{Session: "frames", Policy: cobrowse.Policy{Masks: []cobrowse.MaskRule{{ID: "p", Selector: ".person"}}}})
	tab, err := r.Open(t.Context(), s.URL)
	if err != nil {
		t.Fatal(err)
	}
	has := func(e cobrowse.LayerEvent, text string) bool {
		return slices.ContainsFunc(e.Layer.Items, func(i cobrowse.LayerItem) bool { return i.Text == text })
	}
	e := await(r, "all texts", func(e cobrowse.LayerEvent) bool {
		return has(e, "inside") && has(e, "4 pieces") && has(e, "deepest") && has(e, "plain") && !slices.ContainsFunc(e.Layer.Items, isFrame)
	})
	for _, i := range e.Layer.Items {
		if i.Text == "inside" && (i.Rect.Y < 50 || i.Rect.Y > 60) {
			t.Errorf("it lies at %v", i.Rect)
		}
	}
	r.see(tab, "")
	r.forget()
	r.click(tab, 10, 10)
	await(r, "only the other frame's", func(e cobrowse.LayerEvent) bool { return !has(e, "inside") && !has(e, "deepest") && has(e, "plain") })
}
