package browser

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"cobrowse-connector/cobrowse"
)

// TestPagesAreToldTheCustomersLanguage: by the header of their requests and to their scripts, in frames of other sites, in windows that
// they open; and nothing else about the browser changes.
func TestPagesAreToldTheCustomersLanguage(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, `<script>const told = %q + ' ' + navigator.language + ' ' + navigator.languages + ' ' + navigator.userAgentData?.brands.length`+
			` + ' ' + (navigator.userAgent === %q)</script>`, r.Header.Get("Accept-Language"), r.UserAgent())
		switch r.URL.Path {
		case "/framing":
			fmt.Fprintf(w, `<script>onmessage = (e) => { document.title = 'frame ' + e.data }</script><iframe src=%q></iframe>`, otherHost("http://"+r.Host)+"/framed")
		case "/framed":
			fmt.Fprint(w, `<script>parent.postMessage(told, '*')</script>`)
		case "/opening":
			fmt.Fprint(w, `<script>open('/opened')</script>`)
		default:
			fmt.Fprint(w, `<script>document.title = location.pathname + ' ' + told</script>`)
		}
	}))
	t.Cleanup(s.Close)
	r := launch(t, Spec{Session: "language"})
	said := func(title string) {
		t.Helper()
		await(r, title, func(e cobrowse.TabsEvent) bool {
			for _, tab := range e.Tabs {
				if strings.HasPrefix(tab.Title, title) && strings.HasSuffix(tab.Title, " true") && !strings.Contains(tab.Title, " 0 ") && !strings.Contains(tab.Title, "undefined") {
					return true
				}
			}
			return false
		})
	}
	tab, err := r.Open(t.Context(), s.URL+"/before")
	if err != nil {
		t.Fatal(err)
	}
	said("/before ")
	if err := r.SetLanguage(t.Context(), "pt-BR"); err != nil {
		t.Fatal(err)
	}
	const portuguese = "pt-BR,pt;q=0.9 pt-BR pt-BR,pt "
	for _, c := range []struct{ path, says string }{{"/page", "/page "}, {"/framing", "frame "}, {"/opening", "/opened "}} {
		if err := r.Navigate(t.Context(), tab, s.URL+c.path); err != nil {
			t.Fatal(err)
		}
		said(c.says + portuguese)
	}
}
