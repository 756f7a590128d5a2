package people

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
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

func TestWhoNeverAnswersIsNotWaitedForForEver(t *testing.T) {
	answer := make(chan struct{})
	t.Cleanup(func() { close(answer) })
	ana := New(t, "ana", Desktop)
	err := begin(ana.ctx, time.Millisecond, func(context.Context, *chromedp.Target) (chromedp.Void, error) {
		<-answer
		return chromedp.Void{}, nil
	})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("began with %v", err)
	}
}
