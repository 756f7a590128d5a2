package browser

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"cobrowse-connector/cobrowse"
)

// workers starts one of each kind that a page may have and puts the answers of all into its title.
const workers = `<body><script>
const script = (text) => URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
const heard = (from) => new Promise((done) => { from.onmessage = (e) => done(e.data); });
const shared = new SharedWorker(script("onconnect = (e) => e.ports[0].postMessage('shared')")).port;
const nested = "const w = new Worker(URL.createObjectURL(new Blob([\"postMessage('nested')\"]))); w.onmessage = (e) => postMessage(e.data)";
const framed = document.createElement('iframe');
framed.srcdoc = '<script>new Worker(URL.createObjectURL(new Blob(["postMessage(\'framed\')"]))).onmessage = (e) => parent.postMessage(e.data, "*")<\/script>';
document.body.append(framed);
Promise.all([
  heard(new Worker(script("postMessage('classic')"))), heard(new Worker(script("postMessage('module')"), { type: 'module' })),
  heard(new Worker(script(nested))), heard(shared), heard(window),
  navigator.serviceWorker.register('/sw.js').then(() => navigator.serviceWorker.ready).then(() => 'service'),
]).then((all) => { document.title = all.join(' '); });
</script>`

// TestWorkers: Chromium pauses the workers of pages that somebody debugs; whoever does not let them go breaks every site that has one.
func TestWorkers(t *testing.T) {
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/sw.js" {
			w.Header().Set("Content-Type", "text/javascript")
			return
		}
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, workers)
	}))
	defer site.Close()
	r := launch(t, Spec{Session: "workers"})
	if _, err := r.Open(t.Context(), site.URL); err != nil {
		t.Fatal(err)
	}
	await(r, "the answers of all workers", func(e cobrowse.TabsEvent) bool {
		return len(e.Tabs) == 1 && e.Tabs[0].Title == "classic module nested shared framed service"
	})
}
