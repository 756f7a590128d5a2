package browser

import (
	"testing"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/privacy"
)

// TestForbiddenElsewhere: what a hidden field holds is known in frames of the same origin and of others, and in other tabs.
func TestForbiddenElsewhere(t *testing.T) {
	shows := `<body bgcolor=white><p style="background:lime;height:100px;margin:0" id=y></p><script>onmessage = e => y.textContent = e.data</script>`
	other := site(t, map[string]string{"/shows": shows})
	s := site(t, map[string]string{"/": red + `<input id=x type=password value=hunter22><iframe id=f srcdoc="<p id=y>"></iframe><iframe id=g src="` + otherHost(other.URL) + `/shows"></iframe>` +
		`<script>f.onload = () => f.contentDocument.getElementById('y').textContent = x.value</script>`})
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
