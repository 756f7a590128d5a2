package browser

import (
	"testing"

	"cobrowse-connector/cobrowse"
)

// TestWorkersRun: nothing that we do with pages keeps their workers, and workers of workers, from starting.
func TestWorkersRun(t *testing.T) {
	s := site(t, map[string]string{"/": `<title>waiting</title><script>
		const made = code => 'new Worker(URL.createObjectURL(new Blob([' + JSON.stringify(code) + '])))';
		eval(made(made('postMessage("ran")') + '.onmessage = e => postMessage(e.data)')).onmessage = e => document.title = e.data</script>`})
	r := launch(t, Spec{Session: "workers"})
	if _, err := r.Open(t.Context(), s.URL); err != nil {
		t.Fatal(err)
	}
	await(r, "the worker", func(e cobrowse.TabsEvent) bool { return e.Tabs[0].Title == "ran" })
}
