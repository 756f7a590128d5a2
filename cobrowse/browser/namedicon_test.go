package browser

import (
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"cobrowse-connector/cobrowse"
)

// TestIconsThatAreNamed: a host without /favicon.ico has the icon that its front page names to strangers, not the one that it names to people
// whom it knows.
func TestIconsThatAreNamed(t *testing.T) {
	plain := func(c color.NRGBA) image.Image {
		picture := image.NewNRGBA(image.Rect(0, 0, 16, 16))
		for i := range 256 {
			picture.SetNRGBA(i%16, i/16, c)
		}
		return picture
	}
	everybodys, theirs := color.NRGBA{B: 200, A: 255}, color.NRGBA{R: 200, A: 255}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/favicon.ico":
			http.NotFound(w, r)
		case "/shop/icons/ours.png":
			_ = png.Encode(w, plain(everybodys))
		case "/portraits/ana.png":
			_ = png.Encode(w, plain(theirs))
		case "/":
			http.Redirect(w, r, "/shop/", http.StatusFound)
		default:
			icon := "icons/ours.png"
			if _, err := r.Cookie("who"); err == nil || r.URL.Path == "/account" {
				icon = "/portraits/ana.png"
			}
			w.Header().Set("Content-Type", "text/html")
			http.SetCookie(w, &http.Cookie{Name: "who", Value: "Ana"})
			_, _ = w.Write([]byte("<title>account</title><link rel='shortcut icon' href=" + icon + ">"))
		}
	}))
	t.Cleanup(s.Close)
	r := launch(t, Spec{Session: "named-icons"})
	if _, err := r.Open(t.Context(), s.URL+"/account"); err != nil {
		t.Fatal(err)
	}
	if c := r.iconsColour(); c != everybodys {
		t.Errorf("its colour is %v", c)
	}
}

// iconsColour is that of the middle of the tab's icon, once it has one.
func (r *rig) iconsColour() color.Color {
	r.t.Helper()
	told := await(r, "an icon", func(e cobrowse.TabsEvent) bool { return e.Tabs[0].Icon != "" })
	icon, err := png.Decode(base64.NewDecoder(base64.StdEncoding, strings.NewReader(strings.TrimPrefix(told.Tabs[0].Icon, "data:image/png;base64,"))))
	if err != nil {
		r.t.Fatal(err)
	}
	return color.NRGBAModel.Convert(icon.At(iconSide/2, iconSide/2))
}

// TestIconsThatAreDrawn: the icon of a site that has only a drawing is drawn, whatever the site lets its pages load; the drawing loads nothing.
func TestIconsThatAreDrawn(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/":
			w.Header().Set("Content-Type", "text/html")
			w.Header().Set("Content-Security-Policy", "default-src 'none'")
			_, _ = w.Write([]byte("<title>drawn</title><link rel=icon type=image/svg+xml href=/icon.svg>"))
		case "/icon.svg":
			w.Header().Set("Content-Type", "image/svg+xml")
			fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><rect width="8" height="8" fill="#0000c8"/><image href="http://%s/loaded" width="1" height="1"/></svg>`, r.Host)
		case "/loaded":
			t.Error("the drawing loads a picture")
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(s.Close)
	r := launch(t, Spec{Session: "drawn-icons"})
	if _, err := r.Open(t.Context(), s.URL); err != nil {
		t.Fatal(err)
	}
	if c := r.iconsColour(); c != (color.NRGBA{B: 200, A: 255}) {
		t.Errorf("its colour is %v", c)
	}
}

// TestNamesOfIcons: the first that is a picture of pixels at a web address, else the first drawing, of the head only.
func TestNamesOfIcons(t *testing.T) {
	for page, want := range map[string]string{
		`<link rel=icon href=/i.png>`:                                                                                         "https://a.example/i.png",
		`<LINK REL="Shortcut Icon" HREF=" ../i.ico ">`:                                                                        "https://a.example/i.ico",
		`<link rel=icon type=image/svg+xml href=/i><link rel=icon href=/j.png>`:                                               "https://a.example/j.png",
		`<link rel=icon href=/i.svg><link rel=apple-touch-icon href=/k.png>`:                                                  "https://a.example/k.png",
		`<link rel=icon href=/i.svg><link rel=icon type=image/svg+xml href=/j>`:                                               "https://a.example/i.svg",
		`<link rel=icon href=//cdn.example/i.png>`:                                                                            "https://cdn.example/i.png",
		`<link rel=icon href="data:image/png;base64,x"><link rel=icon href=/l.png>`:                                           "https://a.example/l.png",
		`<link rel=icon href="javascript:x"><link rel=icon href=chrome://favicon/x>`:                                          "",
		`<!-- <link rel=icon href=/i.png> --><script>"<link rel=icon href=/i.png>"</script><link rel=stylesheet href=/i.png>`: "",
		`<body><link rel=icon href=/i.png>`:                                                                                   "",
		`<link rel=icon href="http://[">`:                                                                                     "",
	} {
		if got := iconNamedIn(forStrangers{URL: "https://a.example/shop/", Bytes: []byte(page)}); got != want {
			t.Errorf("%s names %q, want %q", page, got, want)
		}
	}
}
