package browser

import (
	"testing"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/privacy"
)

// TestForbiddenElsewhere: what a hidden field holds is hidden in a frame of another origin, too.
func TestForbiddenElsewhere(t *testing.T) {
	other := site(t, map[string]string{"/shows": `<p id=y></p><script>onmessage = e => y.textContent = e.data</script>`})
	s := site(t, map[string]string{"/": red + `<input id=x type=password value=hunter22><iframe id=g src="` + otherHost(other.URL) + `/shows"></iframe>` +
		`<script>setInterval(() => g.contentWindow.postMessage(x.value, '*'), 100)</script>`})
	r := launch(t, Spec{Session: "forbidden", Policy: privacy.Defaults()})
	sub := r.Hub().Subscribe(true)
	defer sub.Close()
	if _, err := r.Open(t.Context(), s.URL); err != nil {
		t.Fatal(err)
	}
	awaitColour(t, r, sub, redPixel)
	await(r, "a marked echo", func(e cobrowse.LayerEvent) bool {
		for _, item := range e.Layer.Items {
			if item.Reason == "echo" {
				return true
			}
		}
		return false
	})
}
