package browser

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"cobrowse-connector/cobrowse"
)

// forAnIcon tells of the requests that no page makes.
func forAnIcon(r *http.Request) bool {
	return r.URL.Path == "/favicon.ico" || r.Header.Get("Sec-Fetch-Dest") == "empty"
}

// TestIcons: a tab has its host's icon, small and made anew, asked for once and without cookies; a page that is the customer's alone has none.
func TestIcons(t *testing.T) {
	picture := image.NewNRGBA(image.Rect(0, 0, 64, 64))
	for i := range picture.Pix {
		picture.Pix[i] = []byte{200, 0, 0, 255}[i%4]
	}
	var file bytes.Buffer
	if err := png.Encode(&file, picture); err != nil {
		t.Fatal(err)
	}
	var asked atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch _, err := r.Cookie("who"); {
		case r.URL.Path != "/favicon.ico":
			w.Header().Set("Content-Type", "text/html")
			http.SetCookie(w, &http.Cookie{Name: "who", Value: "Ana"})
			_, _ = w.Write([]byte("<title>" + r.URL.Path + "</title>"))
		case err == nil: // Chromium's own question, for its own tabs
		default:
			asked.Add(1)
			_, _ = w.Write(append(file.Bytes(), "tail that is no picture"...))
		}
	}))
	t.Cleanup(s.Close)
	r := launch(t, Spec{Session: "icons", Policy: cobrowse.Policy{Pauses: []cobrowse.PageRule{{ID: "p", URL: "127.0.0.1/private"}}}})
	tab, err := r.Open(t.Context(), s.URL+"/1")
	if err != nil {
		t.Fatal(err)
	}
	told := await(r, "an icon", func(e cobrowse.TabsEvent) bool { return e.Tabs[0].Icon != "" })
	raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(told.Tabs[0].Icon, "data:image/png;base64,"))
	if err != nil {
		t.Fatal(err)
	}
	icon, err := png.Decode(bytes.NewReader(raw))
	if err != nil || icon.Bounds().Dx() != iconSide || bytes.Contains(raw, []byte("tail")) {
		t.Fatalf("%v, %v", icon.Bounds(), err)
	}
	if c := color.NRGBAModel.Convert(icon.At(16, 16)); c != (color.NRGBA{R: 200, A: 255}) {
		t.Errorf("its colour is %v", c)
	}
	for _, page := range []struct {
		path string
		has  bool
	}{{"/2", true}, {"/private", false}, {"/3", true}} {
		if err := r.Navigate(t.Context(), tab, s.URL+page.path); err != nil {
			t.Fatal(err)
		}
		await(r, page.path, func(e cobrowse.TabsEvent) bool {
			return e.Tabs[0].Title == page.path && (e.Tabs[0].Icon != "") == page.has
		})
	}
	if n := asked.Load(); n != 1 {
		t.Errorf("asked for %d times", n)
	}
	for _, said := range []string{"no base64 !", base64.StdEncoding.EncodeToString(file.Bytes()), base64.StdEncoding.EncodeToString([]byte("<svg/>"))} {
		if made, err := madeAnew(said); err == nil {
			t.Errorf("%.20s became %.40s", said, made)
		}
	}
}
