package people

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestPersonUsesAFrameOfAnotherSite(t *testing.T) {
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		if r.URL.Path == "/inner" {
			fmt.Fprint(w, `<input id=name><button onclick="out.textContent='hello '+document.getElementById('name').value">go</button><p id=out>-</p>`)
			return
		}
		fmt.Fprintf(w, `<h1>outer</h1><iframe src="http://%s/inner" width=400 height=300></iframe>`, strings.Replace(r.Host, "127.0.0.1", "localhost", 1))
	}))
	defer site.Close()
	ana := New(t, "ana", Desktop)
	ana.Open(site.URL)
	frame := ana.Frame(strings.Replace(site.URL, "127.0.0.1", "localhost", 1), "iframe")
	for i := range 3 {
		if got := Eval[int](frame, fmt.Sprint(i)); got != i {
			t.Errorf("got %d, want %d", got, i)
		}
	}
	frame.Fill("#name", "Bia")
	frame.Press("go")
	frame.Hears("hello Bia")
}
