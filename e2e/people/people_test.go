package people

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestPersonUsesAPage(t *testing.T) {
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, `<input id=name><button onclick="out.textContent='hello '+document.getElementById('name').value">go</button><p id=out>-</p>`)
	}))
	defer site.Close()
	ana := New(t, "ana", Desktop)
	ana.Open(site.URL)
	ana.Fill("#name", "Bia")
	ana.Press("go")
	ana.Reads("#out", "hello Bia")
	ana.Hears("hello Bia")
	if got := Eval[string](ana, "navigator.userAgent"); got == "" {
		t.Error("no user agent")
	}
}
