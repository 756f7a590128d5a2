package browser

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"cobrowse-connector/cobrowse"
)

// askingSite has file fields in a page and in a frame of another site, and tells in its title what it was given.
func askingSite(t *testing.T) *httptest.Server {
	t.Helper()
	const fields = `<!doctype html><style>body{margin:0}input,button{display:block;width:300px;height:50px}</style>
		<input type=file accept="image/*,.pdf" onchange="tell(this)"><input type=file multiple onchange="tell(this)">
		<button onclick="const f = document.createElement('input'); f.type = 'file'; f.onchange = () => tell(f); f.click()">Attach</button>
		<script>
			async function tell(field) {
				const texts = await Promise.all([...field.files].map(async (f) => f.name + "=" + await f.text()));
				(window.parent === window ? window : window.parent).postMessage(texts.join(";"), "*");
			}
			if (window.parent === window) addEventListener("message", (e) => { document.title = "got " + e.data });
		</script>`
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if r.URL.Path == "/" {
			fmt.Fprintf(w, `%s<iframe src="%s/frame" style="border:0;width:400px;height:200px"></iframe>`, fields, otherHost("http://"+r.Host))
			return
		}
		fmt.Fprint(w, fields)
	}))
	t.Cleanup(s.Close)
	return s
}

// asked waits for the n-th question.
func (r *rig) asked(n int) cobrowse.UploadWanted {
	r.t.Helper()
	return await(r, "a question", func(e cobrowse.UploadWantedEvent) bool { return e.Wanted.ID == fmt.Sprintf("u%d", n) }).Wanted
}

func (r *rig) titled(title string) {
	r.t.Helper()
	await(r, title, func(e cobrowse.TabsEvent) bool {
		return len(e.Tabs) > 0 && e.Tabs[len(e.Tabs)-1].Title == title
	})
}

func (r *rig) mustUpload(ask, name, content string) {
	r.t.Helper()
	if err := r.Upload(r.t.Context(), ask, name, strings.NewReader(content)); err != nil {
		r.t.Fatal(err)
	}
}

func TestUploads(t *testing.T) {
	r := launch(t, Spec{Policy: cobrowse.Policy{RefusedFiles: []string{"exe"}}})
	open(t, r, askingSite(t).URL)
	r.pressRow(cobrowse.RoleCustomer, 0)
	if w := r.asked(1); w.Multiple || w.Accept != "image/*,.pdf" || w.Tab != r.shownTab() || w.By != cobrowse.RoleCustomer {
		t.Errorf("asked: %+v", w)
	}
	r.mustUpload("u1", "../my letter.pdf", "ONE")
	if err := r.Upload(t.Context(), "u1", "b.pdf", strings.NewReader("TWO")); cobrowse.ReasonOf(err) != "files_many" {
		t.Errorf("a second one: %v", err)
	}
	if err := r.EndUpload(t.Context(), "u1", true); err != nil {
		t.Fatal(err)
	}
	r.titled("got _my letter.pdf=ONE")
	await(r, "the field's name is hidden", func(e cobrowse.LayerEvent) bool {
		return len(e.Layer.Items) > 0 && e.Layer.Items[0].Text == "_my letter.pdf" && e.Layer.Items[0].Reason == "file" &&
			slices.Contains(e.Layer.Values, "_my letter.pdf")
	})
	if err := r.Upload(t.Context(), "u1", "b.pdf", strings.NewReader("TWO")); cobrowse.ReasonOf(err) != "upload_gone" {
		t.Errorf("after the end: %v", err)
	}

	r.pressRow(cobrowse.RoleAgent, 1)
	if w := r.asked(2); !w.Multiple || w.By != cobrowse.RoleAgent {
		t.Errorf("asked: %+v", w)
	}
	slow, write := io.Pipe()
	done := make(chan error, 1)
	go func() { done <- r.Upload(context.Background(), "u2", "slow.txt", slow) }()
	if _, err := write.Write([]byte("S")); err != nil {
		t.Fatal(err)
	}
	if err := r.Upload(t.Context(), "u2", "b.txt", strings.NewReader("B")); cobrowse.ReasonOf(err) != "busy" {
		t.Errorf("two at a time: %v", err)
	}
	if err := errors.Join(write.Close(), <-done); err != nil {
		t.Fatal(err)
	}
	if err := r.Upload(t.Context(), "u2", "run.exe", strings.NewReader("MZ")); cobrowse.ReasonOf(err) != "file_type" {
		t.Errorf("a program: %v", err)
	}
	r.mustUpload("u2", "b.txt", "B")
	if err := r.EndUpload(t.Context(), "u2", true); err != nil {
		t.Fatal(err)
	}
	r.titled("got slow.txt=S;b.txt=B")
}

// TestUploadsElsewhere: a field that is in no document, and one in a frame with a process of its own.
func TestUploadsElsewhere(t *testing.T) {
	r := launch(t, Spec{})
	open(t, r, askingSite(t).URL)
	r.pressRow(cobrowse.RoleCustomer, 2)
	r.asked(1)
	if err := r.EndUpload(t.Context(), "u1", false); err != nil {
		t.Fatal(err)
	}
	r.pressRow(cobrowse.RoleCustomer, 2)
	r.asked(2)
	r.mustUpload("u2", "a.txt", "A")
	if err := r.EndUpload(t.Context(), "u2", true); err != nil {
		t.Fatal(err)
	}
	r.titled("got a.txt=A")
	r.pressRow(cobrowse.RoleCustomer, 3)
	r.asked(3)
	r.mustUpload("u3", "framed.txt", "F")
	if err := r.EndUpload(t.Context(), "u3", true); err != nil {
		t.Fatal(err)
	}
	r.titled("got framed.txt=F")
}

// TestUploadForNobody: the page has gone on.
func TestUploadForNobody(t *testing.T) {
	s := askingSite(t)
	r := launch(t, Spec{})
	open(t, r, s.URL)
	r.pressRow(cobrowse.RoleCustomer, 0)
	r.asked(1)
	r.mustUpload("u1", "a.pdf", "A")
	if err := r.Navigate(t.Context(), r.shownTab(), s.URL+"/frame"); err != nil {
		t.Fatal(err)
	}
	await(r, "taken back", func(e cobrowse.UploadWantedEvent) bool { return e.Wanted.ID == "" })
	if err := r.EndUpload(t.Context(), "u1", true); cobrowse.ReasonOf(err) != "upload_gone" {
		t.Errorf("%v", err)
	}
}
